import { useEffect, useRef } from "preact/hooks";
import { keys } from "../graph/filter/keys";
import { Sign } from "./signs";

const shortcuts: [string, string][] = [
  ["/", "to the filter; ↓ and Tab complete, Esc leaves it"],
  ["Tab, then arrows", "from service to service on the map"],
  ["Shift+← →", "along the arrows: to a caller, to a callee"],
  ["Enter", "open what has the focus"],
  ["Esc", "leave the page, then the panel"],
  ["+  −  0", "zoom in, out, show everything"],
  ["t", "tidy: arrange the map anew"],
  ["g", "group by the next: namespace, host, role, none"],
  ["p", "only what fails, and back"],
  ["f", "only what is selected, with its surroundings"],
  ["m  s  c  a", "map, services, changes, agents"],
  ["k", "mark now: changes are told from here on"],
  ["?", "this help"],
];

const examples: [string, string][] = [
  ["pay", "services with this in their name, and their neighbours"],
  ["failing", "only dependencies whose connects fail"],
  ["tier:data -ns:monitoring", "data stores and who uses them, but for a namespace"],
  ["port:5432 rate>10", "dependencies on this port with more than ten connections a second"],
  ["(host:web-1 or host:web-2) depth:2", "what runs there, and two hops around it"],
  ["path:gateway..redis", "the shortest ways from one service to another"],
  ["breaks:redis", "all that depend on it, through others as well"],
];

export function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose}>
      <header>
        <h2 id="help-title">How to read and use the map</h2>
        <button type="button" class="quiet" aria-label="Close help" onClick={() => dialog.current?.close()}>
          <Sign name="close" />
        </button>
      </header>
      <p>
        Every card is a service, every arrow a dependency from a client to a server, seen by the kernel and not guessed.
        Wider arrows open more connections a second. A red dashed arrow with a cross failed in the last minute, or never
        succeeded. The number on a card is the connections it takes a second; → marks those it makes, when nobody calls
        it.
      </p>
      <p>Nothing on the map moves by itself. New services take a free place; Tidy arranges everything anew.</p>
      <h3>Keys</h3>
      <dl class="keys">
        {shortcuts.map(([key, text]) => (
          <div key={key}>
            <dt>
              {key.split("  ").map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <h3>Filter</h3>
      <p>
        Words are parts of names, <code>*</code> stands for any text. Put conditions side by side for “and”, write{" "}
        <code>or</code>, <code>-</code> for “not”, and parentheses.
      </p>
      <dl class="keys examples">
        {examples.map(([text, meaning]) => (
          <div key={text}>
            <dt>
              <code>{text}</code>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>All keys of the filter</summary>
        <dl class="keys examples">
          {Object.entries(keys).map(([name, { example, hint }]) => (
            <div key={name}>
              <dt>
                <code>{example}</code>
              </dt>
              <dd>{hint}</dd>
            </div>
          ))}
        </dl>
      </details>
    </dialog>
  );
}
