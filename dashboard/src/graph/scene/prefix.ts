/** Fewer names than this have nothing in common that would be worth leaving out. */
const fewest = 3;
const shortest = 4;

/** What all names begin with, up to and with a separator; empty when it is short or would leave nothing of a name. */
export function commonPrefix(names: readonly string[]): string {
  const first = names[0];
  if (first === undefined || names.length < fewest) return "";
  let length = first.length;
  for (const name of names) {
    let same = 0;
    while (same < length && name[same] === first[same]) same++;
    length = same;
  }
  const end = Math.max(...["-", "_", ".", "/", ":"].map((mark) => first.lastIndexOf(mark, length - 1) + 1));
  const prefix = first.slice(0, end);
  return prefix.length >= shortest && names.every((name) => name.length > prefix.length) ? prefix : "";
}
