import "./frame/contentPolicy.ts";
import { render } from "preact";
import { App } from "./frame/app.tsx";
import "./frame/style.css";

const root = document.getElementById("page");
if (root !== null) render(<App />, root);
