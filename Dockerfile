# Builds the service once, then leaves compiler and pip's caches behind.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/shengyu && /opt/shengyu/bin/pip install --no-cache-dir --upgrade pip
# The dependencies alone first: they change seldom, so this layer is kept.
COPY constraints.txt pyproject.toml ./
RUN /opt/shengyu/bin/python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies']))" > requirements.txt \
 && /opt/shengyu/bin/pip install --no-cache-dir --constraint constraints.txt --requirement requirements.txt
COPY README.md LICENSE NOTICE ./
COPY core core
COPY storage storage
COPY sentiment sentiment
COPY assets assets
COPY alerts alerts
COPY crawlers crawlers
COPY api api
RUN /opt/shengyu/bin/pip install --no-cache-dir --no-deps . \
 && /opt/shengyu/bin/python -m compileall -q /opt/shengyu/lib

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Shengyu 声誉" org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 shengyu \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin shengyu \
 # New volumes take their owner from these.
 && install -d -o shengyu -g shengyu /data /scratch
COPY --from=build /opt/shengyu /opt/shengyu
# Temporary files of large uploads go to a disk, because /tmp is memory; .pyc files are there already.
ENV PATH=/opt/shengyu/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TMPDIR=/scratch \
    SHENGYU_DATA_DIR=/data \
    SHENGYU_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME ["/data", "/scratch"]
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["shengyu"]
CMD ["up"]
