/** Corral's own: credentials for a registry. */
import { goObject } from '../wire-schema.ts';
import { flagField, textField } from './wire-fields.ts';

export const loginRequestSchema = goObject({
  host: textField,
  username: textField,
  password: textField,
  insecure: flagField,
});

export const logoutRequestSchema = goObject({ host: textField });
