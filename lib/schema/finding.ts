/** What a rule that spans several keys found wrong: the key's path as it is written in the stack file, and why. */
export interface Finding {
  key: string;
  message: string;
}
