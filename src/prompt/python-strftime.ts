/** Python's `strftime` for the directives that chat templates use, in English whatever the machine's language, as in the C locale. */

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const directives: Readonly<Record<string, (date: Date) => string>> = {
  Y: (date) => String(date.getFullYear()),
  y: (date) => two(date.getFullYear() % 100),
  m: (date) => two(date.getMonth() + 1),
  d: (date) => two(date.getDate()),
  e: (date) => String(date.getDate()).padStart(2, ' '),
  H: (date) => two(date.getHours()),
  I: (date) => two(date.getHours() % 12 || 12),
  M: (date) => two(date.getMinutes()),
  S: (date) => two(date.getSeconds()),
  p: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  A: (date) => days[date.getDay()] ?? '',
  a: (date) => (days[date.getDay()] ?? '').slice(0, 3),
  B: (date) => months[date.getMonth()] ?? '',
  b: (date) => (months[date.getMonth()] ?? '').slice(0, 3),
  '%': () => '%',
};

/** `date` in local time; a directive that isn't known stays as it is. */
export function pythonStrftime(date: Date, format: string): string {
  return format.replaceAll(/%(-?)([A-Za-z%])/g, (whole: string, bare: string, letter: string) => {
    const text = directives[letter]?.(date);
    if (text === undefined) return whole;
    return bare === '-' ? text.replace(/^[0 ](?=.)/, '') : text;
  });
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
