import { Component, type ComponentChildren } from "preact";
import { go } from "./address";
import { plainAddress } from "./hash";

/** Catches a fault of the page itself: says so instead of showing nothing, and offers the plainest view. */
export class FailureGuard extends Component<{ children: ComponentChildren }, { error: unknown }> {
  override state = { error: null as unknown };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error });
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const startOver = () => {
      go(plainAddress);
      location.reload();
    };
    return (
      <div class="state" role="alert">
        <div class="state-card">
          <h2>The page failed</h2>
          <p>
            This is a fault of the dashboard; what the operator counts is not touched. It said:{" "}
            <code>{error instanceof Error ? error.message : String(error)}</code>
          </p>
          <p>
            <button type="button" class="primary" onClick={startOver}>
              Start over
            </button>{" "}
            <span class="muted">
              or use <code>tendril graph</code> in a terminal.
            </span>
          </p>
        </div>
      </div>
    );
  }
}
