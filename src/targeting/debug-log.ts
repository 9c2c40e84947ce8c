/** Where `log` and the operators' hints write, at debug level. */
export type DebugLog = (message: string) => void;
