import type { Turn, Usage } from '@org/contract';

/** One question to one model, every choice made. */
export interface ModelCall {
  readonly modelId: string;
  readonly question: string;
  readonly system?: string | undefined;
  readonly history?: readonly Turn[] | undefined;
  readonly maxTokens: number;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly stop?: readonly string[] | undefined;
}

export interface ModelReply {
  readonly text: string;
  readonly stopReason: string;
  readonly usage: Usage;
}
