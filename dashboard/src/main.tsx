import { render } from "preact";
import { App } from "./app";
import { startLive } from "./live";
import { FailureGuard } from "./ui/failure";
import "./style/tokens.css";
import "./style/page.css";
import "./style/header.css";
import "./style/states.css";
import "./style/map.css";
import "./style/panels.css";

startLive();
render(
  <FailureGuard>
    <App />
  </FailureGuard>,
  document.getElementById("app") as HTMLElement,
);
