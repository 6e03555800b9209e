"""XLSX workbooks row by row, in bounded memory: the sheet, its shared strings, its date formats.

openpyxl keeps all shared strings of a workbook in memory, which a million rows do not allow.
"""
