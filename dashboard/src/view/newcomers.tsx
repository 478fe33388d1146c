import { useRef } from "preact/hooks";
import type { Box } from "../graph/layout/geometry";
import { union } from "../graph/layout/geometry";
import type { Scene } from "../graph/scene/scene";
import type { MapCanvas } from "./map-canvas";
import { overlaps, sightOf } from "./paint/view-frame";

const arrows = { left: "◂", right: "▸", top: "▴", bottom: "▾" };
type Side = keyof typeof arrows;
const sides = Object.keys(arrows) as Side[];

/** What came while the reader looks elsewhere: the map does not move by itself, but says where to look. */
export function Newcomers({ scene, map }: { scene: Scene; map: MapCanvas }) {
  const known = useRef<{ key: string; ids: Set<string> } | null>(null);
  const unseen = useRef(new Set<string>());
  if (known.current?.key !== scene.key) {
    known.current = { key: scene.key, ids: new Set(scene.cardOf.keys()) };
    unseen.current.clear();
  }
  const sight = sightOf(map.view, map.camera.size);
  for (const card of scene.cards) {
    if (!known.current.ids.has(card.id)) unseen.current.add(card.id);
    known.current.ids.add(card.id);
  }
  const beyond: Record<Side, Box[]> = { left: [], right: [], top: [], bottom: [] };
  for (const id of unseen.current) {
    const box = scene.cardOf.get(id)?.box;
    if (!box || overlaps(box, sight)) unseen.current.delete(id);
    else beyond[sideOf(box, sight)].push(box);
  }
  return (
    <>
      {sides.map((side) => {
        const box = union(beyond[side]);
        return (
          box && (
            <button key={side} type="button" class={`newcomers ${side}`} onClick={() => map.camera.lookAt(box)}>
              {side === "left" && `${arrows.left} `}
              {beyond[side].length} new{side !== "left" && ` ${arrows[side]}`}
            </button>
          )
        );
      })}
    </>
  );
}

/** Where most of the way to it lies. */
function sideOf(box: Box, sight: Box): Side {
  const ways: Record<Side, number> = {
    left: sight.left - box.right,
    right: box.left - sight.right,
    top: sight.top - box.bottom,
    bottom: box.top - sight.bottom,
  };
  return sides.reduce((best, side) => (ways[side] > ways[best] ? side : best), "left" as Side);
}
