/** What is wrong with a text that should be base64 with padding (line breaks don't count), in Go's words; undefined = nothing. */
export function checkBase64(text: string): string | undefined {
  const foreign = text.search(/[^A-Za-z0-9+/\r\n]/);
  const end = foreign === -1 ? text.length : foreign;
  let digits = 0;
  for (let index = 0; index < end; index++) {
    const character = text[index];
    if (character !== '\r' && character !== '\n') digits++;
  }
  const padding = text.slice(end).replaceAll(/[\r\n]/g, '');
  const expected = ['', undefined, '==', '='][digits % 4];
  return padding === expected ? undefined : `illegal base64 data at input byte ${end}`;
}
