/** Whether this browser signed in by a token; who comes by a proxy's word, or where everybody may read, has nothing to sign out of. */
export function isSignedIn(): boolean {
  return document.cookie.split("; ").some((cookie) => cookie.startsWith("__Host-tendril-signed-in="));
}

/** Ends the session at the operator, and goes to where the next one begins. */
export async function signOut(): Promise<void> {
  // The answer leads to the page that one signs in at; the operator's absence leads there later.
  await fetch("/sign-out", { method: "POST", redirect: "manual" }).catch(() => null);
  location.assign("/sign-in");
}
