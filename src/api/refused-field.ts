import { z } from 'zod';

/** A field that can't be honoured: any value is refused for that reason. */
export function refusedField(reason: string) {
  return z
    .unknown()
    .superRefine((value, context) => {
      if (value !== undefined) context.addIssue({ code: 'custom', message: reason });
    })
    .meta({ not: {}, description: reason })
    .optional();
}
