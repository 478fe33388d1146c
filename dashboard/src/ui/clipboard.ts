import { signal } from "@preact/signals";

/** A short word at the page's foot, of what was just done. */
export const notice = signal("");

const shownForMs = 3000;
let timer: ReturnType<typeof setTimeout> | undefined;

export function tell(text: string): void {
  clearTimeout(timer);
  notice.value = text;
  timer = setTimeout(() => {
    notice.value = "";
  }, shownForMs);
}

export async function copyText(text: string, what: string): Promise<void> {
  tell(
    (await copied(text))
      ? `${what} copied`
      : "This browser does not let the page copy: mark the text and copy it by hand",
  );
}

/** Clipboards are only for secure addresses; an operator on plain HTTP needs the old way. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
