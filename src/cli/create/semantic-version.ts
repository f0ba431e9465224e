/** Versions as REQUIRES takes them: `1.2.3-rc.1+build`, where minor and patch may be missing (as Go's semver package has it). */

const number = String.raw`(?:0|[1-9]\d*)`;
const preRelease = String.raw`(?:${number}|\d*[A-Za-z-][0-9A-Za-z-]*)`;
const pattern = new RegExp(
  String.raw`^${number}(?:\.${number}(?:\.${number}(?:-${preRelease}(?:\.${preRelease})*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?$`,
);

/** The version without a leading `v`; undefined when it is none. */
export function parseSemanticVersion(text: string): string | undefined {
  const version = text.replace(/^v/, '');
  return pattern.test(version) ? version : undefined;
}
