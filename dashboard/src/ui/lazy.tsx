import type { ComponentType, VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

/**
 * A part of the page that is fetched when it is first looked at, so that the map is there sooner. After an update of the
 * operator the part may be gone: then only a reload helps, and that is said.
 */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  /** Takes the same room until then, so that nothing beside it moves. */
  meanwhile: VNode | null = null,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function Lazy(props: Props) {
    const [failed, setFailed] = useState(false);
    const [, setLoaded] = useState(false);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (part) => {
          loaded = part;
          setLoaded(true);
        },
        () => setFailed(true),
      );
    }, []);
    if (loaded) {
      const Loaded = loaded;
      return <Loaded {...props} />;
    }
    return failed ? <NotLoaded /> : meanwhile;
  };
}

function NotLoaded() {
  return (
    <div class="panel" role="alert">
      <p class="problem">
        This part of the page could not be fetched: the operator was stopped, or updated since the page was opened.
      </p>
      <p>
        <button type="button" class="primary" onClick={() => location.reload()}>
          Reload
        </button>
      </p>
    </div>
  );
}
