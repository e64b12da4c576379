import type { ProxyConfig } from '@org/infra/config';
import { type Finding, warning } from './finding.ts';

/** Says which clients stop working if keys come as `x-api-key` only. */
export function checkBearer({ bearer, signIn }: ProxyConfig): Finding[] {
  if (bearer || signIn) return [];
  return [
    warning(
      { check: 'bearer' },
      'bearer is false: a key in Authorization: Bearer gets 401 unauthenticated. These send it that way: ' +
        "OpenAI's SDKs and the newer ones of Anthropic's, Codex, Claude Code with ANTHROPIC_AUTH_TOKEN, LangChain, LlamaIndex, the Vercel AI SDK",
      'Remove bearer: false, or make each of them send the key as x-api-key too.',
    ),
  ];
}
