/** Compact JSON spread over lines, empty lists and objects kept together, every text and number as it is. */
export function goIndentedJson(compact: string, spaces: number): string {
  let depth = 0;
  const newLine = (change: number): string => {
    depth += change;
    return `\n${' '.repeat(depth * spaces)}`;
  };
  return compact.replace(/"(?:[^"\\]|\\.)*"|\{\}|\[\]|[:,{}[\]]/g, (found) => {
    if (found === ':') return ': ';
    if (found === ',') return `,${newLine(0)}`;
    if (found === '{' || found === '[') return `${found}${newLine(1)}`;
    if (found === '}' || found === ']') return `${newLine(-1)}${found}`;
    return found;
  });
}
