import { address } from "./address";
import { copyText } from "./clipboard";
import { exportItems } from "./exports";
import { groupItems } from "./group-switch";
import { Menu, type MenuItem } from "./menu";
import { isSignedIn, signOut } from "./sign-out";
import { Sign } from "./signs";
import { setTheme, type Theme, theme, themes } from "./theme";

export function ExportMenu() {
  return (
    <Menu label="Export what is shown" groups={() => [exportItems()]}>
      <Sign name="save" />
    </Menu>
  );
}

export function LinkButton() {
  return (
    <button type="button" class="quiet" title="Copy a link to this view" aria-label="Copy link" onClick={copyLink}>
      <Sign name="link" />
    </button>
  );
}

function copyLink(): void {
  void copyText(location.href, "Link");
}

const themeSigns = { auto: "auto", light: "sun", dark: "moon" } as const;

export function ThemeButton() {
  const now = theme.value;
  const next = themes[(themes.indexOf(now) + 1) % themes.length] ?? "auto";
  return (
    <button
      type="button"
      class="quiet"
      title={`Theme: ${now}; press for ${next}`}
      aria-label={`Theme: ${now}`}
      onClick={() => setTheme(next)}
    >
      <Sign name={themeSigns[now]} />
    </button>
  );
}

export function SignOutButton() {
  if (!isSignedIn()) return null;
  return (
    <button type="button" class="quiet" title="Sign out" aria-label="Sign out" onClick={signOut}>
      <Sign name="leave" />
    </button>
  );
}

const themeTitles: Record<Theme, string> = { auto: "Theme of the system", light: "Light theme", dark: "Dark theme" };

/** On a narrow screen: all that has no room in the bar. */
export function MoreMenu({ onHelp }: { onHelp: () => void }) {
  const groups = (): MenuItem[][] => [
    address.value.view === "map" ? groupItems() : [],
    exportItems(),
    [{ title: "Copy link", run: copyLink }],
    themes.map((one) => ({ title: themeTitles[one], checked: one === theme.value, run: () => setTheme(one) })),
    [{ title: "Help", run: onHelp }],
    isSignedIn() ? [{ title: "Sign out", run: signOut }] : [],
  ];
  return (
    <div class="more">
      <Menu label="More" groups={groups}>
        <Sign name="more" />
      </Menu>
    </div>
  );
}
