/** One fault of a config: its place (`teams.research.plan`), the problem and the fix. */
export interface ConfigIssue {
  readonly path: string;
  readonly message: string;
}

/** A proxy config that cannot be deployed. Names every fault at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    const lines = issues.map(({ path, message }) => `  ${path}: ${message}`);
    super(['The proxy config is not valid:', ...lines].join('\n'));
    this.issues = issues;
  }
}
