/** What Ollama reads off a template without running it: the names it uses, and the tags around thinking and tool calls. */
import type { GoTemplate } from './go-template.ts';
import { templateFailed } from './template-error.ts';
import type { BranchNode, ListNode, OperandNode, PipeNode, StatementNode } from './template-node.ts';

/**
 * Every name in a field or variable path, lower-cased; in definitions too. Fields after a parenthesis are not seen, as in
 * Ollama. Throws `template_failed` for a `template` action without an argument, which Ollama refuses when it looks here.
 */
export function referencedNames(template: GoTemplate): ReadonlySet<string> {
  const names = new Set<string>();
  for (const list of [template.root, ...template.definitions.values()]) collectFromList(list, names);
  return names;
}

function collectFromList(list: ListNode, names: Set<string>): void {
  for (const node of list.nodes) collectFromStatement(node, names);
}

function collectFromStatement(node: StatementNode, names: Set<string>): void {
  if (node.kind === 'list') collectFromList(node, names);
  else if (node.kind === 'action') collectFromPipe(node.pipe, names);
  else if (node.kind === 'template') {
    if (node.pipe === undefined)
      throw templateFailed('undefined template specified', 'Give each `template` action an argument, for example `.`.');
    collectFromPipe(node.pipe, names);
  } else if (isBranch(node)) {
    collectFromPipe(node.pipe, names);
    collectFromList(node.list, names);
    if (node.elseList !== undefined) collectFromList(node.elseList, names);
  }
}

function collectFromPipe(pipe: PipeNode, names: Set<string>): void {
  for (const operand of operandsOf(pipe)) {
    if (operand.kind === 'field' || operand.kind === 'variable')
      for (const name of operand.names) names.add(name.toLowerCase());
    else if (operand.kind === 'pipe') collectFromPipe(operand, names);
  }
}

const operandsOf = (pipe: PipeNode): readonly OperandNode[] => pipe.commands.flatMap((command) => command.operands);

/** Whether a field path in the pipe, or in its parentheses, satisfies `test`. */
function pipeHasField(pipe: PipeNode, test: (names: readonly string[]) => boolean): boolean {
  return operandsOf(pipe).some((operand) =>
    operand.kind === 'pipe' ? pipeHasField(operand, test) : operand.kind === 'field' && test(operand.names),
  );
}

export interface ThinkTags {
  readonly open: string;
  readonly close: string;
}

/**
 * The texts around `.Thinking` inside `range .Messages`: the first and the last text of the list of statements that holds it.
 * `undefined` unless both are there.
 */
export function findThinkTags(template: GoTemplate): ThinkTags | undefined {
  const tags = { open: '', close: '' };
  visitForThinking(template.root, false, tags);
  return tags.open === '' || tags.close === '' ? undefined : tags;
}

function visitForThinking(list: ListNode, isInMessages: boolean, tags: { open: string; close: string }): void {
  const check = (pipe: PipeNode, isInside = isInMessages): void => {
    if (!isInside || !pipeHasField(pipe, (names) => names[0] === 'Thinking')) return;
    const [first, last] = [list.nodes[0], list.nodes.at(-1)];
    if (first?.kind === 'text') tags.open = first.text.trim();
    if (last?.kind === 'text') tags.close = last.text.trim();
  };
  for (const node of list.nodes) {
    if (node.kind === 'action' || node.kind === 'template') {
      if (node.pipe !== undefined) check(node.pipe);
    } else if (node.kind === 'list') visitForThinking(node, isInMessages, tags);
    else if (isBranch(node)) {
      // Only the innermost `range` counts.
      const isInside =
        node.kind === 'range' ? pipeHasField(node.pipe, (names) => names[0] === 'Messages') : isInMessages;
      check(node.pipe, isInside);
      visitForThinking(node.list, isInside, tags);
      if (node.elseList !== undefined) visitForThinking(node.elseList, isInside, tags);
    }
  }
}

const isBranch = (node: StatementNode): node is BranchNode =>
  node.kind === 'if' || node.kind === 'with' || node.kind === 'range';

/**
 * What a model writes before a tool call: the first text inside the `if .ToolCalls` branch, up to a `{`. `{` itself when the
 * template shows none, which means that an answer that begins with an object may be a call.
 */
export function findToolCallTag(template: GoTemplate): string {
  const branch = findToolCallBranch(template.root);
  const text = branch === undefined ? undefined : firstText(branch.list);
  const tag = (text ?? '').replaceAll('\r\n', '\n').split('{')[0]?.trim() ?? '';
  return tag === '' ? '{' : tag;
}

function findToolCallBranch(list: ListNode): BranchNode | undefined {
  for (const node of list.nodes) {
    if (node.kind === 'list') {
      const found = findToolCallBranch(node);
      if (found !== undefined) return found;
    }
    if (!isBranch(node)) continue;
    const isToolCalls = operandsOf(node.pipe).some(
      (operand) => operand.kind === 'field' && operand.names.includes('ToolCalls'),
    );
    if (node.kind === 'if' && isToolCalls) return node;
    const found = findToolCallBranch(node.list) ?? (node.elseList && findToolCallBranch(node.elseList));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first text that is not blank, before anything that prints. */
function firstText(list: ListNode): string | undefined {
  for (const node of list.nodes) {
    if (node.kind === 'text' && node.text.trim() !== '') return node.text;
    if (node.kind === 'action') return undefined;
    if (node.kind === 'list') {
      const text = firstText(node);
      if (text !== undefined) return text;
    }
    if (isBranch(node)) return firstText(node.list) ?? (node.elseList && firstText(node.elseList));
  }
  return undefined;
}
