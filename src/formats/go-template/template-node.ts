/** The syntax tree of a template. `position` is the offset in the source of what Go reports as the node's place. */
export interface TextNode {
  readonly kind: 'text';
  readonly position: number;
  readonly text: string;
}

export interface ListNode {
  readonly kind: 'list';
  readonly position: number;
  readonly nodes: readonly StatementNode[];
}

export interface ActionNode {
  readonly kind: 'action';
  readonly position: number;
  readonly pipe: PipeNode;
}

export interface BranchNode {
  readonly kind: 'if' | 'with' | 'range';
  readonly position: number;
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}

export interface InvokeNode {
  readonly kind: 'template';
  readonly position: number;
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

export interface LoopControlNode {
  readonly kind: 'break' | 'continue';
  readonly position: number;
}

export type StatementNode = TextNode | ListNode | ActionNode | BranchNode | InvokeNode | LoopControlNode;

export interface PipeNode {
  readonly kind: 'pipe';
  readonly position: number;
  readonly declarations: readonly VariableNode[];
  /** `=` instead of `:=`. */
  readonly isAssignment: boolean;
  readonly commands: readonly CommandNode[];
}

export interface CommandNode {
  readonly kind: 'command';
  readonly position: number;
  readonly operands: readonly OperandNode[];
}

export interface FieldNode {
  readonly kind: 'field';
  readonly position: number;
  /** `.A.B` is [A, B]. */
  readonly names: readonly string[];
}

export interface VariableNode {
  readonly kind: 'variable';
  readonly position: number;
  /** `$x.A` is [$x, A]. */
  readonly names: readonly string[];
}

export interface ChainNode {
  readonly kind: 'chain';
  readonly position: number;
  readonly base: OperandNode;
  readonly names: readonly string[];
}

export interface IdentifierNode {
  readonly kind: 'identifier';
  readonly position: number;
  readonly name: string;
}

export interface LiteralNode {
  readonly kind: 'number' | 'string' | 'bool';
  readonly position: number;
  readonly source: string;
  /** `undefined` for an integer too large for Go's int, which is a fault only when executed. */
  readonly value: bigint | number | string | boolean | undefined;
}

export interface WordNode {
  readonly kind: 'dot' | 'nil';
  readonly position: number;
}

export type OperandNode = FieldNode | VariableNode | ChainNode | IdentifierNode | LiteralNode | WordNode | PipeNode;

export type TemplateNode = StatementNode | OperandNode | CommandNode;
