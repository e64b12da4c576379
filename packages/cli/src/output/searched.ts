import type { Cli } from '../cli.ts';

/** In us-east-1. @see https://aws.amazon.com/cloudwatch/pricing/ */
const usdPerSearchedGb = 0.005;

/** What CloudWatch searched of a log, and about what that costs. Empty for the local gateway, which bills nothing. */
export function searchedText(bytes: number, cli: Cli): string[] {
  if (cli.isLocal()) return [];
  const usd = (bytes / 1e9) * usdPerSearchedGb;
  return [`CloudWatch searched ${(bytes / 1e6).toFixed(1)} MB of the log, for about $${usd.toFixed(4)}.`];
}
