/**
 * A template without what comes after a field's first use. An old-style template writes a whole turn, answer included; for the
 * turn that the model is to write, it must end where the answer begins.
 */
import type { GoTemplate } from './go-template.ts';
import type { CommandNode, ListNode, OperandNode, PipeNode, StatementNode } from './template-node.ts';

/** Cuts after the first `.Name` outside conditions; of a branch that holds it, what follows inside and after goes. */
export function cutAfterField(template: GoTemplate, name: string): GoTemplate {
  return { ...template, root: new FieldCutter(name).cutList(template.root) };
}

class FieldCutter {
  readonly #name: string;
  #isPast = false;

  constructor(name: string) {
    this.#name = name;
  }

  cutList(list: ListNode): ListNode {
    const nodes: StatementNode[] = [];
    for (const node of list.nodes) {
      if (this.#isPast) break;
      const kept = this.#cutStatement(node);
      if (kept !== undefined) nodes.push(kept);
    }
    return { ...list, nodes };
  }

  #cutStatement(node: StatementNode): StatementNode | undefined {
    if (node.kind === 'list') return this.cutList(node);
    if (node.kind === 'action') {
      const pipe = this.#cutPipe(node.pipe);
      return pipe === undefined ? undefined : { ...node, pipe };
    }
    if (node.kind !== 'if' && node.kind !== 'with' && node.kind !== 'range') return node;
    const list = this.cutList(node.list);
    const elseList = node.elseList === undefined ? undefined : this.cutList(node.elseList);
    return { ...node, list, elseList };
  }

  #cutPipe(pipe: PipeNode): PipeNode | undefined {
    const commands: CommandNode[] = [];
    for (const command of pipe.commands) {
      const operands = command.operands
        .map((operand) => this.#cutOperand(operand))
        .filter((operand) => operand !== undefined);
      // A pipe that lost a whole command means nothing any more.
      if (operands.length === 0) return undefined;
      commands.push({ ...command, operands });
    }
    return { ...pipe, commands };
  }

  #cutOperand(operand: OperandNode): OperandNode | undefined {
    if (this.#isPast) return undefined;
    if (operand.kind === 'field' && operand.names.includes(this.#name)) this.#isPast = true;
    return operand.kind === 'pipe' ? this.#cutPipe(operand) : operand;
  }
}
