/** `[scheme://][host/][namespace/]model[:tag]` with every part filled in. Made by `parseModelName` alone. */
export interface ModelName {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly namespace: string;
  readonly model: string;
  readonly tag: string;
}
