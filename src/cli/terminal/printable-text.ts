/**
 * Takes from a text what a terminal would obey instead of show. A model, a licence or another server's error could
 * otherwise move the cursor, rewrite earlier output, set the window's title or read back what was typed.
 */

// C0 but for tab and newline, DEL, C1 (whose 0x9b is CSI in one character), and the bidi overrides that show text in
// another order than it is.
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Newline and tab stay, whatever else could steer a terminal goes. */
export function printableText(text: string): string {
  return text.replace(unprintable, '');
}
