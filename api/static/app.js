// Every page works without this; with it, clocks tick and small things take fewer clicks.
import { startClocks } from "./countdown.js";
import { closeMenus, confirmForms, openDialogs } from "./dialogs.js";
import { copyButtons, copyForms } from "./copy.js";
import { searchKey } from "./keys.js";
import { themeButtons } from "./theme.js";
import { waitForPage } from "./wait.js";

document.documentElement.classList.add("has-script");
startClocks();
openDialogs();
confirmForms();
closeMenus();
copyButtons();
copyForms();
searchKey();
themeButtons();
waitForPage();
