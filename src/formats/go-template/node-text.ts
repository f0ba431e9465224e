/** A node as Go writes it in the `at <...>` part of an execution error. */
import type { OperandNode, TemplateNode } from './template-node.ts';

export function nodeText(node: TemplateNode): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'list':
      return node.nodes.map(nodeText).join('');
    case 'action':
      return `{{${nodeText(node.pipe)}}}`;
    case 'template':
      return `{{template ${JSON.stringify(node.name)}${node.pipe === undefined ? '' : ` ${nodeText(node.pipe)}`}}}`;
    case 'if':
    case 'with':
    case 'range': {
      const otherwise = node.elseList === undefined ? '' : `{{else}}${nodeText(node.elseList)}`;
      return `{{${node.kind} ${nodeText(node.pipe)}}}${nodeText(node.list)}${otherwise}{{end}}`;
    }
    case 'break':
    case 'continue':
      return `{{${node.kind}}}`;
    case 'pipe': {
      const declared = node.declarations.map(nodeText).join(', ');
      const commands = node.commands.map(nodeText).join(' | ');
      return declared === '' ? commands : `${declared} ${node.isAssignment ? '=' : ':='} ${commands}`;
    }
    case 'command':
      return node.operands.map(operandText).join(' ');
    case 'chain':
      return [operandText(node.base), ...node.names].join('.');
    case 'field':
      return node.names.map((name) => `.${name}`).join('');
    case 'variable':
      return node.names.join('.');
    case 'identifier':
      return node.name;
    case 'number':
    case 'string':
    case 'bool':
      return node.source;
    case 'dot':
    case 'nil':
      break;
  }
  return node.kind === 'dot' ? '.' : 'nil';
}

const operandText = (node: OperandNode): string => (node.kind === 'pipe' ? `(${nodeText(node)})` : nodeText(node));
