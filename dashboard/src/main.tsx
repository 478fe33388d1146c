import { render } from "preact";
import { App } from "./app";
import { startLayouts } from "./graph/layout/client";
import { startLive } from "./live";
import { FailureGuard } from "./ui/failure";
import { startSession } from "./ui/session";
import "./style/tokens.css";
import "./style/page.css";
import "./style/header.css";
import "./style/filter.css";
import "./style/states.css";
import "./style/map.css";
import "./style/panels.css";
import "./style/walk.css";
import "./style/charts.css";
import "./style/table.css";
import "./style/screens.css";

startSession();
startLive();
startLayouts();
render(
  <FailureGuard>
    <App />
  </FailureGuard>,
  document.getElementById("app") as HTMLElement,
);
