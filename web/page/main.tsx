import "./frame/contentPolicy.ts";
import { render } from "preact";
import { App } from "./frame/app.tsx";
import { applyTheme } from "./frame/themeSwitch.tsx";
import "./frame/style.css";

applyTheme();
const root = document.getElementById("page");
if (root !== null) render(<App />, root);
