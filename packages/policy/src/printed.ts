import type { Expr } from './parse.ts';

/** A part of an expression in one spelling: parts with the same are the same. */
export function printed({ id, exprKind }: Expr): string {
  switch (exprKind.case) {
    case 'identExpr':
      return exprKind.value.name;
    case 'constExpr': {
      const { value } = exprKind.value.constantKind;
      if (typeof value === 'string') return JSON.stringify(value);
      return typeof value === 'bigint' || typeof value === 'boolean' ? `${value}` : `#${id}`;
    }
    case 'selectExpr': {
      const { operand, field } = exprKind.value;
      return `${operand ? printed(operand) : ''}.${field}`;
    }
    case 'listExpr':
      return `[${exprKind.value.elements.map(printed).join(', ')}]`;
    case 'callExpr': {
      const { function: name, target, args } = exprKind.value;
      const [of, index] = args;
      if (name === '_[_]' && of && index) return `${printed(of)}[${printed(index)}]`;
      if (name === '@in' && of && index) return `${printed(of)} in ${printed(index)}`;
      return `${target ? `${printed(target)}.` : ''}${name}(${args.map(printed).join(', ')})`;
    }
    case 'structExpr':
    case 'comprehensionExpr':
    case undefined:
  }
  return `#${id}`;
}
