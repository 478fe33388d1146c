import type { Pen, Surface } from "./surface";
import { family } from "./text";

/** Writes what is drawn as SVG: paths as paths, text as text. The same drawing gives the same bytes. */
export class SvgSurface implements Surface {
  readonly pen: SvgPen = new SvgPen();

  icon(data: string, x: number, y: number, scale: number): void {
    const { pen } = this;
    const place = `translate(${number(x)} ${number(y)}) scale(${number(scale)})`;
    pen.parts.push(`<path d="${data}" transform="${place}"${pen.strokeAttributes()}/>`);
  }

  /** The whole document. */
  document(width: number, height: number, title: string): string {
    const [w, h] = [number(width), number(height)];
    const root = `xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"`;
    const head = `<svg ${root} font-family="${escaped(family)}" role="img">\n<title>${escaped(title)}</title>\n`;
    return `${head}${this.pen.parts.join("\n")}\n</svg>\n`;
  }
}

class SvgPen implements Pen {
  readonly parts: string[] = [];
  fillStyle: Pen["fillStyle"] = "#000000";
  strokeStyle: Pen["strokeStyle"] = "#000000";
  lineWidth = 1;
  lineCap: CanvasLineCap = "butt";
  lineJoin: CanvasLineJoin = "miter";
  globalAlpha = 1;
  font = "400 12px sans-serif";
  textAlign: CanvasTextAlign = "left";
  #dash: number[] = [];
  #path = "";

  beginPath(): void {
    this.#path = "";
  }

  moveTo(x: number, y: number): void {
    this.#path += `M${number(x)} ${number(y)}`;
  }

  lineTo(x: number, y: number): void {
    this.#path += `L${number(x)} ${number(y)}`;
  }

  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    this.#path += `C${[x1, y1, x2, y2, x, y].map(number).join(" ")}`;
  }

  /** Whole circles only: the map has no others. */
  arc(x: number, y: number, radius: number): void {
    const r = number(radius);
    this.#path += `M${number(x + radius)} ${number(y)}a${r} ${r} 0 1 1 ${number(-2 * radius)} 0a${r} ${r} 0 1 1 ${number(2 * radius)} 0Z`;
  }

  roundRect(
    x: number,
    y: number,
    width: number,
    height: number,
    radii?: number | DOMPointInit | Iterable<number | DOMPointInit>,
  ): void {
    const wanted = typeof radii === "number" ? radii : 0;
    const radius = Math.max(0, Math.min(wanted, width / 2, height / 2));
    const [r, w, h] = [number(radius), number(width - 2 * radius), number(height - 2 * radius)];
    const corner = (dx: string, dy: string) => (radius > 0 ? `a${r} ${r} 0 0 1 ${dx} ${dy}` : "");
    this.#path += `M${number(x + radius)} ${number(y)}h${w}${corner(r, r)}v${h}${corner(`-${r}`, r)}h-${w}`;
    this.#path += `${corner(`-${r}`, `-${r}`)}v-${h}${corner(r, `-${r}`)}Z`;
  }

  closePath(): void {
    this.#path += "Z";
  }

  fill(): void {
    if (this.#path) this.parts.push(`<path d="${this.#path}" fill="${this.fillStyle}"${this.#opacity()}/>`);
  }

  stroke(): void {
    if (this.#path) this.parts.push(`<path d="${this.#path}"${this.strokeAttributes()}/>`);
  }

  fillText(text: string, x: number, y: number): void {
    const [weight = "400", size = "12px"] = this.font.split(" ");
    const anchor =
      this.textAlign === "center" ? ' text-anchor="middle"' : this.textAlign === "right" ? ' text-anchor="end"' : "";
    const look = `font-size="${Number.parseFloat(size)}" font-weight="${weight}" fill="${this.fillStyle}"`;
    this.parts.push(
      `<text x="${number(x)}" y="${number(y)}" ${look}${anchor}${this.#opacity()}>${escaped(text)}</text>`,
    );
  }

  setLineDash(dash: Iterable<number>): void {
    this.#dash = [...dash];
  }

  strokeAttributes(): string {
    const dash = this.#dash.length > 0 ? ` stroke-dasharray="${this.#dash.map(number).join(" ")}"` : "";
    const cap = this.lineCap === "butt" ? "" : ` stroke-linecap="${this.lineCap}"`;
    const join = this.lineJoin === "miter" ? "" : ` stroke-linejoin="${this.lineJoin}"`;
    const width = ` stroke-width="${number(this.lineWidth)}"`;
    return ` fill="none" stroke="${this.strokeStyle}"${width}${dash}${cap}${join}${this.#opacity()}`;
  }

  #opacity(): string {
    return this.globalAlpha === 1 ? "" : ` opacity="${number(this.globalAlpha)}"`;
  }
}

/** Hundredths of a px; never "-0". */
function number(value: number): string {
  return String(Math.round(value * 100) / 100 || 0);
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Names come from outside: what XML does not allow is left out. */
function escaped(text: string): string {
  const allowed = Array.from(text).filter((one) => one >= " " && one !== "\ufffe" && one !== "\uffff");
  return allowed.map((one) => entities[one] ?? one).join("");
}
