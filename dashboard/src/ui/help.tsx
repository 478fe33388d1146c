import { useEffect, useRef } from "preact/hooks";
import { Sign } from "../view/icons";

const keys: [string, string][] = [
  ["/", "to the filter"],
  ["Tab, then arrows", "from service to service on the map"],
  ["Enter", "open what has the focus"],
  ["Esc", "close the panel, clear the filter"],
  ["+  −  0", "zoom in, out, show everything"],
  ["t", "tidy: arrange the map anew"],
  ["m  s", "map, services table"],
  ["?", "this help"],
];

export function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose}>
      <header>
        <h2 id="help-title">How to read and use the map</h2>
        <button type="button" class="quiet" aria-label="Close" onClick={() => dialog.current?.close()}>
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
      <p>
        The filter takes parts of names, and the word <code>failing</code>. Neighbours of what matches stay, in grey.
      </p>
      <dl class="keys">
        {keys.map(([key, text]) => (
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
    </dialog>
  );
}
