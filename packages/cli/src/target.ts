import { defaultLocalPort, defaultLocalUrl } from '@org/admin/local-gateway';
import { InvalidArgumentError } from 'commander';

/** Where a deployment is. */
export type Place =
  | { readonly kind: 'local'; readonly url: string }
  | {
      readonly kind: 'aws';
      /** Undefined if AWS did not say. */
      readonly account: string | undefined;
      readonly region: string;
    };

/**
 * The deployment that a command changes, for questions and reports: `bedrock-proxy-dev (AWS account 111122223333, us-east-1)`.
 */
export function targetText(deployment: string, place: Place): string {
  if (place.kind === 'local') return `${deployment} (local gateway ${place.url})`;
  const { account, region } = place;
  return `${deployment} (AWS${account === undefined ? '' : ` account ${account}`}, ${region})`;
}

/**
 * `8787` and `localhost:8787` are enough of an address.
 *
 * @throws {InvalidArgumentError} If it is not an address.
 */
export function localUrlOf(text: string): string {
  const address = /^\d+$/.test(text) ? defaultLocalUrl.replace(String(defaultLocalPort), text) : text;
  const url = /^https?:/.test(address) ? address : `http://${address}`;
  if (!URL.canParse(url)) throw new InvalidArgumentError('It must be a URL or a port, from 1 to 65535.');
  return url;
}

/** Whether an argument after `--local` is its address, and not a command. */
export function isLocalAddress(text: string): boolean {
  return /^(?:https?:.*|\d+|[\w.-]+:\d+)$/.test(text);
}
