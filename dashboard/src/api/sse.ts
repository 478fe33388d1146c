// Reads text/event-stream. EventSource is not used because it cannot resume after a refused connection, has no back-off and
// hides why it failed; see https://html.spec.whatwg.org/multipage/server-sent-events.html for the format.

export interface ServerEvent {
  event: string;
  data: string;
  id: string;
}

/** A line longer than this is not from a sane operator: 10,000 nodes and 50,000 edges are about 35 MB. */
const maxBufferedChars = 128 * 1024 * 1024;

/** Takes the text in pieces of any size and gives whole events; the id stays until another is sent. */
export class ServerEventParser {
  #rest = "";
  #skipLineFeed = false;
  #event = "";
  #data: string[] = [];
  #dataChars = 0;
  #id = "";

  push(text: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    let buffer = this.#rest + text;
    if (this.#skipLineFeed && buffer.startsWith("\n")) buffer = buffer.slice(1);
    if (buffer.length > 0) this.#skipLineFeed = false;
    let start = 0;
    const ends = /\r\n|\n|\r/g;
    for (let end = ends.exec(buffer); end !== null; end = ends.exec(buffer)) {
      const event = this.#line(buffer.slice(start, end.index));
      if (event) events.push(event);
      start = ends.lastIndex;
      // The line feed of a CR LF pair may come with the next piece.
      this.#skipLineFeed = start === buffer.length && end[0] === "\r";
    }
    this.#rest = buffer.slice(start);
    if (this.#rest.length + this.#dataChars > maxBufferedChars)
      throw new Error("the operator sent an event that is too large");
    return events;
  }

  #line(line: string): ServerEvent | null {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line.charAt(colon + 1) === " " ? colon + 2 : colon + 1);
    if (field === "event") this.#event = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "data") {
      this.#data.push(value);
      this.#dataChars += value.length;
    }
    return null;
  }

  #dispatch(): ServerEvent | null {
    const event = { event: this.#event || "message", data: this.#data.join("\n"), id: this.#id };
    const empty = this.#data.length === 0;
    this.#event = "";
    this.#data = [];
    this.#dataChars = 0;
    return empty ? null : event;
  }
}
