/** The runnable snippets of a Markdown page: fenced blocks whose info string ends in `run`. */
export interface Snippet {
  /** The headings above it, and its number under them where there are several. */
  readonly name: string;
  readonly language: 'js' | 'sh';
  readonly code: string;
}

export function documentedSnippets(page: string): readonly Snippet[] {
  const snippets: Snippet[] = [];
  const counts = new Map<string, number>();
  let section = '';
  let heading = '';
  for (const [block] of page.matchAll(/^#{2,3} .+$|^```.*\n[\s\S]*?^```$/gm)) {
    if (block.startsWith('## ')) [section, heading] = [block.slice(3), ''];
    else if (block.startsWith('### ')) heading = block.slice(4);
    const [, language, code] = /^```(js|sh) run\n([\s\S]*)^```$/m.exec(block) ?? [];
    if (code === undefined || (language !== 'js' && language !== 'sh')) continue;
    const place = heading === '' ? section : `${section}, ${heading}`;
    const count = (counts.get(place) ?? 0) + 1;
    counts.set(place, count);
    snippets.push({ name: count === 1 ? place : `${place} (${count})`, language, code });
  }
  return snippets;
}
