import { copyText } from "./clipboard";

/** A command line with a button that copies it. */
export function Command({ text }: { text: string }) {
  return (
    <div class="command">
      <code>{text}</code>
      <button type="button" onClick={() => void copyText(text, "Command")}>
        Copy
      </button>
    </div>
  );
}

/** Starts an agent that reports to the operator this page is from. */
export function agentCommand(): string {
  const here = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  return here ? "sudo tendril-agent" : `sudo tendril-agent --operator http://${location.hostname}:50051`;
}
