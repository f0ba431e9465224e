/**
 * The formats of strings that are enforced, as regular expressions. Each accepts only what its RFC allows; where a full RFC is wider
 * than anybody uses (quoted mail addresses, leap seconds), the expression is narrower, which generation may be.
 */

const year = '[0-9]{4}';
const leapYear = '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const date =
  `(?:${year}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))` +
  `|${leapYear}-02-29)`;
const localTime = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?';
const time = `${localTime}(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])`;

const byte = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const ipv4 = `${byte}(?:\\.${byte}){3}`;
const group = '[0-9a-fA-F]{1,4}';
/** RFC 4291: eight groups, or fewer with one "::" for the rest; for each count of groups before it, the counts allowed behind. */
const ipv6 = [
  `(?:${group}:){7}${group}`,
  ...[1, 2, 3, 4, 5, 6].map((before) => `(?:${group}:){${before}}(?::${group}){1,${7 - before}}`),
  `(?:${group}:){1,7}:`,
  `:(?::${group}){1,7}`,
  '::',
].join('|');

// A label may have 63 characters. Counting them would multiply with every other limit of the string; nobody's is longer.
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
/** Eight of these with their dots have 247 characters, and a host name may have 253. */
const shortLabel = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,28}[a-zA-Z0-9])?';
const atom = "[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+";
const uriCharacter = "(?:[a-zA-Z0-9._~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2})";
const authority = `(?:(?:[a-zA-Z0-9._~!$&'()*+,;=:-]|%[0-9a-fA-F]{2})*@)?(?:${label}(?:\\.${label})*)(?::[0-9]{1,5})?`;
const pathAndMore = `(?:/${uriCharacter}*)*(?:\\?(?:${uriCharacter}|[/?])*)?(?:#(?:${uriCharacter}|[/?])*)?`;
const uri = `(?:[a-zA-Z][a-zA-Z0-9+.-]*://${authority}${pathAndMore}|(?:urn|mailto|tel|data):${uriCharacter}+(?:/${uriCharacter}*)*)`;

const hex = (count: number): string => `[0-9a-fA-F]{${count}}`;
const uuid = (version: string): string => `${hex(8)}-${hex(4)}-${version}${hex(3)}-[89abAB]${hex(3)}-${hex(12)}`;
const pointer = '(?:/(?:[^/~]|~[01])*)*';
const base64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?';
const dateDuration = '(?:[0-9]+D|[0-9]+M(?:[0-9]+D)?|[0-9]+Y(?:[0-9]+M(?:[0-9]+D)?)?)';
const timeDuration = 'T(?:[0-9]+H(?:[0-9]+M(?:[0-9]+S)?)?|[0-9]+M(?:[0-9]+S)?|[0-9]+S)';

/** By the format's name; each matches the whole string. */
export const stringFormats: ReadonlyMap<string, string> = new Map(
  Object.entries({
    date,
    time,
    'date-time': `${date}T${time}`,
    'iso-date-time': `${date}T${time}`,
    duration: `P(?:${dateDuration}(?:${timeDuration})?|${timeDuration}|[0-9]+W)`,
    uuid: `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`,
    uuid1: uuid('1'),
    uuid3: uuid('3'),
    uuid4: uuid('4'),
    uuid5: uuid('5'),
    uuid6: uuid('6'),
    uuid7: uuid('7'),
    uuid8: uuid('8'),
    email: `${atom}(?:\\.${atom})*@${label}(?:\\.${label})+`,
    hostname: `${shortLabel}(?:\\.${shortLabel}){0,7}`,
    ipv4,
    ipv6,
    uri,
    url: `https?://${label}(?:\\.${label})+${pathAndMore}`,
    'uri-reference': `(?:${uri}|/(?:${uriCharacter}+(?:/${uriCharacter}*)*)?(?:\\?(?:${uriCharacter}|[/?])*)?)`,
    'json-pointer': pointer,
    'relative-json-pointer': `(?:0|[1-9][0-9]*)(?:#|${pointer})`,
    byte: base64,
    base64,
    base64url: '[A-Za-z0-9_-]*',
  }).map(([name, expression]) => [name, `^(?:${expression})$`]),
);

/** Formats that say how to show or to store a string, not what it may be. */
export const annotationFormats: ReadonlySet<string> = new Set([
  'binary',
  'directory-path',
  'file-path',
  'password',
  'path',
]);
