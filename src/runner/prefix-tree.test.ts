import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commonPrefixLength } from './common-prefix.ts';
import { PrefixTree, type Found, type Kept } from './prefix-tree.ts';

/** Remembers which tokens it is the cells of. */
interface Copy extends Kept {
  readonly path: readonly number[];
}

const bytesPerToken = 10;

class Tree extends PrefixTree<Copy> {
  asked: [number, number][] = [];

  put(tokens: readonly number[], worth: (from: number, to: number) => boolean = () => true): void {
    this.add('', tokens, (from, to) => {
      this.asked.push([from, to]);
      return worth(from, to) ? copyOf(tokens, from, to) : undefined;
    });
  }

  get(tokens: readonly number[], most = tokens.length): Found<Copy> {
    return this.find('', tokens, most);
  }

  copies(): Copy[] {
    return this.entries().flatMap(({ parts }) => parts.slice(-1).map(({ kept }) => kept));
  }

  paths(): string[] {
    return this.copies().map(({ path }) => path.join(''));
  }

  /** Forgets what is kept at the end of exactly these tokens. */
  drop(tokens: readonly number[]): void {
    for (const copy of this.copies()) if (copy.path.join('') === tokens.join('')) this.forget(copy);
  }
}

function copyOf(tokens: readonly number[], from: number, to: number): Copy {
  return { from, bytes: (to - from) * bytesPerToken, path: tokens.slice(0, to) };
}

const digits = (text: string): number[] => Array.from(text, Number);

describe('a tree of prefixes that can be cut', () => {
  const cases: readonly [name: string, added: readonly string[], asked: string, length: number][] = [
    ['nothing is found in an empty tree', [], '123', 0],
    ['the same again', ['123'], '123', 3],
    ['what is longer than anything known', ['123'], '12345', 3],
    ['what is shorter', ['12345'], '12', 2],
    ['what parts from it half-way', ['12345'], '1239', 3],
    ['what parts at the first token', ['12345'], '9', 0],
    ['the longest of several', ['1234', '1259', '12567'], '125678', 5],
    ['a beginning that two have in common', ['1234', '1259'], '12', 2],
    ['one that was split and whose rest is asked for', ['123456', '1299'], '123456', 6],
    ['a later turn of a conversation', ['123', '123456', '123456789'], '12345678900', 9],
  ];
  test.each(cases)('%s', (_name, added, asked, length) => {
    const tree = new Tree(1e6, true);
    for (const text of added) tree.put(digits(text));
    expect(tree.get(digits(asked)).length).toBe(length);
  });

  test('at most as many tokens as asked for', () => {
    const tree = new Tree(1e6, true);
    tree.put(digits('12345'));
    expect(tree.get(digits('12345'), 4).length).toBe(4);
  });

  test('keys are kept apart', () => {
    const tree = new Tree(1e6, true);
    tree.add('a', digits('123'), (from, to) => copyOf(digits('123'), from, to));
    expect(tree.get(digits('123')).length).toBe(0);
    expect(tree.find('a', digits('123'), 3).length).toBe(3);
  });

  test('only what is new is copied: a turn adds its own tokens', () => {
    const tree = new Tree(1e6, true);
    tree.put(digits('123'));
    tree.put(digits('12345'));
    tree.put(digits('12345'));
    expect(tree.asked).toEqual([
      [0, 3],
      [3, 5],
    ]);
    expect(tree.bytes).toBe(50);
  });

  test('forgotten cells are not found, and what lay behind them alone is not either', () => {
    const tree = new Tree(1e6, true);
    tree.put(digits('123'));
    tree.put(digits('12345'));
    tree.drop(digits('123'));
    expect(tree.get(digits('12345')).length).toBe(0);
    expect(tree.bytes).toBe(0);
  });

  test('what is restored is found', () => {
    const tree = new Tree(1e6, true);
    tree.restore('', digits('123'), copyOf(digits('123'), 0, 3));
    expect(tree.get(digits('1234')).length).toBe(3);
  });
});

describe('when bytes run out', () => {
  test('the most used stays, the rest goes in the order of age', () => {
    const tree = new Tree(100, true);
    tree.put(digits('111'));
    for (let use = 0; use < 5; use++) tree.get(digits('111'));
    for (const text of ['222', '333', '444', '555']) tree.put(digits(text));
    expect(tree.paths().toSorted()).toEqual(['111', '444', '555']);
  });

  test('old fame fades', () => {
    const tree = new Tree(60, true);
    tree.put(digits('111'));
    for (let use = 0; use < 5; use++) tree.get(digits('111'));
    for (let round = 0; round < 20; round++) {
      tree.put([2, round, 2]);
      tree.get([2, round, 2]);
    }
    expect(tree.get(digits('111')).length).toBe(0);
  });

  test('a copy larger than everything is not taken and costs nobody', () => {
    const tree = new Tree(40, true);
    tree.put(digits('111'));
    tree.put(digits('22222'));
    expect(tree.paths()).toEqual(['111']);
  });
});

describe('memory that can’t be cut', () => {
  const cases: readonly [name: string, added: readonly string[], asked: string, length: number][] = [
    ['exactly its end', ['123'], '1234', 3],
    ['not a beginning of it', ['12345'], '123', 0],
    ['not what parts from it', ['12345'], '1239', 0],
    ['the last checkpoint on the way', ['12', '1234', '123456'], '123459', 4],
  ];
  test.each(cases)('is found at %s', (_name, added, asked, length) => {
    const tree = new Tree(1e6, false);
    for (const text of added) tree.put(digits(text), (_, to) => to === text.length);
    expect(tree.get(digits(asked)).length).toBe(length);
  });

  test('where two parted is known, so that a step can end there', () => {
    const tree = new Tree(1e6, false);
    tree.put(digits('12345'));
    expect(tree.known('', digits('1239'))).toBe(3);
  });
});

const tokens = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 12 });
type Step = {
  readonly do: 'put' | 'get' | 'forget';
  readonly tokens: number[];
  readonly most: number;
  readonly worth: boolean;
};
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    do: fc.constantFrom('put', 'put', 'get', 'forget'),
    tokens,
    most: fc.integer({ min: 0, max: 12 }),
    worth: fc.boolean(),
  }),
  { maxLength: 40 },
);

/** Every part is of these very tokens, and together they leave no gap. */
function expectCovered({ length, parts }: Found<Copy>, asked: readonly number[]): void {
  let covered = 0;
  for (const { kept, to } of parts) {
    expect(kept.from).toBeLessThanOrEqual(covered);
    expect(to).toBeLessThanOrEqual(kept.path.length);
    const end = Math.min(to, length);
    expect(kept.path.slice(0, end)).toEqual(asked.slice(0, end));
    covered = Math.max(covered, to);
  }
  expect(covered).toBeGreaterThanOrEqual(length);
}

/** By trying every length against everything that is kept. */
function longestCovered(kept: readonly Copy[], asked: readonly number[], most: number, cuttable: boolean): number {
  for (let length = Math.min(most, asked.length); length > 0; length--) {
    const agreeing = kept.filter(({ path }) =>
      cuttable
        ? commonPrefixLength(path, asked, length) === Math.min(length, path.length)
        : path.length === length && commonPrefixLength(path, asked, length) === length,
    );
    let covered = 0;
    for (const { from, path } of agreeing.toSorted((a, b) => a.from - b.from)) {
      if (from <= covered) covered = Math.max(covered, path.length);
    }
    if (covered >= length) return length;
  }
  return 0;
}

describe.each([
  ['that can be cut', true],
  ['that can’t be cut', false],
])('any history of memory %s', (_name, cuttable) => {
  test('finds the longest beginning that is kept, in parts without gaps, within its bytes', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 10, max: 600 }), (history, mostBytes) => {
        const tree = new Tree(mostBytes, cuttable);
        for (const { do: what, tokens: given, most, worth } of history) {
          if (what === 'put') tree.put(given, (_, to) => worth && (cuttable || to === given.length));
          if (what === 'forget') tree.drop(given);
          const kept = tree.copies();
          expect(tree.bytes).toBe(kept.reduce((sum, { bytes }) => sum + bytes, 0));
          expect(tree.bytes).toBeLessThanOrEqual(mostBytes);
          const found = tree.get(given, most);
          expect(found.length).toBe(longestCovered(kept, given, most, cuttable));
          expectCovered(found, given);
        }
      }),
    );
  });

  test('with room for everything, everything that was added is found', () => {
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 20 }), tokens, (added, asked) => {
        const tree = new Tree(1e6, cuttable);
        for (const given of added) tree.put(given, (_, to) => cuttable || to === given.length);
        const lengths = added.map((given) => {
          const length = commonPrefixLength(given, asked, asked.length);
          return cuttable || length === given.length ? length : 0;
        });
        expect(tree.get(asked).length).toBe(Math.max(0, ...lengths));
      }),
    );
  });
});
