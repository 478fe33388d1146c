import { useId, useState } from "preact/hooks";
import { nodesNamed, referenceTo, surroundingsOf } from "../graph/filter/named";
import type { NodePicture, Picture } from "../graph/picture";
import { step } from "../ui/address";

/** What is asked of a service most: each sets the filter, so that map, table and link show the same. */
export function ServiceActions({ picture, whole }: { picture: NodePicture; whole: Picture }) {
  const [choosing, setChoosing] = useState(false);
  const name = referenceTo(picture.node, whole.nodes);
  const show = (filter: string) => step({ filter, view: "map", wide: false });
  return (
    <div class="actions">
      <button type="button" title="It and all that depend on it" onClick={() => show(`breaks:${name}`)}>
        What breaks if this stops
      </button>
      <button type="button" title="It and all that it depends on" onClick={() => show(`needs:${name}`)}>
        What it needs
      </button>
      <button
        type="button"
        title="The shortest ways to another service"
        aria-expanded={choosing}
        onClick={() => setChoosing(!choosing)}
      >
        Path to…
      </button>
      <button
        type="button"
        title="One hop around it (f)"
        onClick={() => show(surroundingsOf(picture.node, whole.nodes))}
      >
        Only this and its surroundings
      </button>
      {choosing && <PathChoice from={picture} whole={whole} done={(to) => show(`path:${name}..${to}`)} />}
    </div>
  );
}

const mostOffered = 30;

function PathChoice({ from, whole, done }: { from: NodePicture; whole: Picture; done: (reference: string) => void }) {
  const id = useId();
  const [text, setText] = useState("");
  const lower = text.toLowerCase();
  const offered = [...whole.nodes.values()]
    .filter(({ node }) => node.id !== from.node.id && node.name.toLowerCase().includes(lower))
    .slice(0, mostOffered);
  const submit = (event: Event) => {
    event.preventDefault();
    const [first] = nodesNamed(whole.nodes, text);
    const found = first && whole.nodes.get(first);
    if (found && text) done(referenceTo(found.node, whole.nodes));
  };
  return (
    <form class="path-choice" onSubmit={submit}>
      <label for={id}>To which service?</label>
      <input
        id={id}
        list={`${id}-names`}
        autocomplete="off"
        spellcheck={false}
        ref={(input) => {
          input?.focus();
        }}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <datalist id={`${id}-names`}>
        {offered.map(({ node }) => (
          <option key={node.id} value={node.name} />
        ))}
      </datalist>
      <button type="submit" class="primary" disabled={offered.length === 0}>
        Show the path
      </button>
      {offered.length === 0 && <span class="is-failing">No service has “{text}” in its name.</span>}
    </form>
  );
}
