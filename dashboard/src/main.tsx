import { render } from "preact";
import { App } from "./app";
import { startSession } from "./session";
import "./style/tokens.css";
import "./style/page.css";
import "./style/map.css";
import "./style/panels.css";

startSession();
render(<App />, document.getElementById("app") as HTMLElement);
