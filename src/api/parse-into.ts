import { z } from 'zod';

/** `value` as `schema` has it, from within a transform; its issues become the transform's own, with their places. */
export function parseInto<Schema extends z.ZodType>(
  context: z.core.$RefinementCtx,
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: issue.input } as z.core.$ZodRawIssue);
  return z.NEVER;
}
