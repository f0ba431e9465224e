/** Elements of an SVG as text, and the look that all plots share. */

/** Text is escaped here, so names from anywhere may go in. `children` are elements already. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  children: readonly string[] = [],
): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(shortened(value))}"`);
  const opening = `<${name}${written.join('')}`;
  return children.length === 0 ? `${opening}/>` : `${opening}>${children.join('')}</${name}>`;
}

export function text(content: string, attributes: Readonly<Record<string, string | number>>): string {
  return element('text', attributes, [escaped(content)]);
}

/** About as wide as a browser sets it: only for leaving room. */
export function textWidth(content: string): number {
  return content.length * 6.6;
}

/** Class of the n-th series: its colour, and a marker and dashes besides for those who can't tell colours apart. */
export function seriesClass(index: number): string {
  return `s${index % lightColors.length}`;
}

/** Each hue is readable on its ground; the order keeps neighbours apart also for the colour-blind. */
const lightColors = ['#2166c4', '#c2410c', '#0f7b5f', '#8b3fb5', '#8a6d00', '#c2255c', '#4b5563', '#0b7285'];
const darkColors = ['#74a9f7', '#fb923c', '#4fd1a5', '#cf9bf0', '#e3c14a', '#f783ac', '#b6bdc9', '#66d9e8'];

/** The picture brings its own ground: a page's theme and its reader's system may differ. */
const style = [
  `svg{background:#fff;color:#1f2328;font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}`,
  `text{fill:currentColor}.ground{fill:#fff}.title{font-size:15px;font-weight:600}.group{font-weight:600}`,
  `.grid{stroke:#d8dee4;fill:none}.axis{stroke:#818b98;fill:none}.whisker{stroke:currentColor;fill:none}`,
  ...lightColors.map((color, index) => rule(index, color)),
  '@media (prefers-color-scheme:dark){svg{background:#0d1117;color:#e6edf3}.ground{fill:#0d1117}',
  `.grid{stroke:#2d333b}.axis{stroke:#7d8590}`,
  ...darkColors.map((color, index) => rule(index, color)),
  '}',
].join('');

export function picture(title: string, width: number, height: number, children: readonly string[]): string {
  const frame = { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img' };
  const parts = [
    element('title', {}, [escaped(title)]),
    element('style', {}, [style]),
    element('rect', { class: 'ground', width, height }),
    text(title, { class: 'title', x: 16, y: 26 }),
    ...children,
  ];
  return `${element('svg', frame, [`\n${parts.join('\n')}\n`])}\n`;
}

function rule(index: number, color: string): string {
  return `.s${index}{stroke:${color};fill:${color}}`;
}

function shortened(value: string | number): string {
  return typeof value === 'string' ? value : String(Math.round(value * 100) / 100);
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
