/** A piece of text. */
export interface TextBlock {
  /** Kind of the block. */
  type: 'text';
  /** At least one character that is not white space. */
  text: string;
}

/** A picture. */
export interface ImageBlock {
  /** Kind of the block. */
  type: 'image';
  /** Format of the file. */
  format: 'png' | 'jpeg' | 'gif' | 'webp';
  /** The file's bytes in base64, at most 3.75 MB. URLs are refused, because the proxy fetches nothing. */
  data: string;
}

/** A file to read. A message with a document also needs a text. */
export interface DocumentBlock {
  /** Kind of the block. */
  type: 'document';
  /** Format of the file. */
  format: 'pdf' | 'csv' | 'doc' | 'docx' | 'xls' | 'xlsx' | 'html' | 'txt' | 'md';
  /**
   * The document's name for the model, unique in the request: up to 200 letters, digits, single spaces, hyphens,
   * parentheses and square brackets. For `minutes.pdf`, write `minutes`.
   */
  name: string;
  /** The file's bytes in base64, at most 4.5 MB. URLs are refused, because the proxy fetches nothing. */
  data: string;
  /**
   * Whether the model quotes it. Only then does Claude see a PDF's pages, and not just their text. The quotes are in the
   * text of the answer, without their source. Default: false.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-request-response.html
   */
  citations?: boolean | undefined;
}

/** The model calls a tool. */
export interface ToolUseBlock {
  /** Kind of the block. */
  type: 'tool_use';
  /** The id that the result of this call refers to. */
  id: string;
  /** Name of the tool. */
  name: string;
  /** The tool's input. Check it, because the model may not have kept to the schema. */
  input: Record<string, unknown>;
}

/** What a tool returned. All results of a turn go into the one user message that follows it. */
export interface ToolResultBlock {
  /** Kind of the block. */
  type: 'tool_result';
  /** The `id` of the tool use that it answers. */
  id: string;
  /** A string, or blocks. Empty if the tool returned nothing. */
  content: string | (TextBlock | JsonBlock | ImageBlock | DocumentBlock)[];
  /** Whether the tool failed; `content` then describes the failure to the model. Default: false. */
  isError?: boolean | undefined;
}

/** Data that a tool returned. */
export interface JsonBlock {
  /** Kind of the block. */
  type: 'json';
  /** Any JSON. */
  json: unknown;
}

/** What the model thought before it answered. Send it back unchanged, because its text is signed. */
export interface ReasoningBlock {
  /** Kind of the block. */
  type: 'reasoning';
  /** The thoughts, sometimes summarized by the model. */
  text: string;
  /** Proof that the model wrote it. A model that signs its thoughts refuses them without it. */
  signature?: string | undefined;
}

/** What the model thought, in a form that only the model can read. Send it back unchanged. */
export interface RedactedReasoningBlock {
  /** Kind of the block. */
  type: 'redacted_reasoning';
  /** Opaque bytes, in base64. */
  data: string;
}

/**
 * The model may keep everything before this point, and read it at a fraction of the price in a later request that begins
 * the same.
 */
export interface CachePointBlock {
  /** Kind of the block. */
  type: 'cache_point';
  /** How long it is kept after its last use: 5 minutes or one hour. Default: `5m`. */
  ttl?: CacheTtl | undefined;
}

/** How long a prompt cache keeps the start of a prompt after its last use. */
export type CacheTtl = '5m' | '1h';

/** A piece of a message. */
export type Block =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | ToolUseBlock
  | ToolResultBlock
  | ReasoningBlock
  | RedactedReasoningBlock
  | CachePointBlock;

/** A piece of an answer. A newer proxy may add kinds, which the client leaves out. */
export type AnswerBlock = TextBlock | ToolUseBlock | ReasoningBlock | RedactedReasoningBlock;

/** One turn of a conversation. */
export interface Message {
  /** Who said it: `assistant` is the model. */
  role: 'user' | 'assistant';
  /** A string, or blocks. For an assistant turn, an answer's `text` or `content`, unchanged, even if it is empty. */
  content: string | Block[];
}

/** A tool that the model may call: the model writes the input, and the caller runs the tool. */
export interface Tool {
  /** 1 to 64 letters, digits, `_` and `-`. Unique in the request. */
  name: string;
  /** What the tool does, and when to call it. The model decides by this. */
  description?: string | undefined;
  /** JSON Schema of its input, of `type: 'object'`. */
  inputSchema: Record<string, unknown>;
}

/**
 * Whether the model decides by itself (`auto`), must call a tool (`required`), must not call one (`none`), or must call
 * this one.
 */
export type ToolChoice = 'auto' | 'required' | 'none' | { name: string };

/** How hard a model is asked to think before it answers. */
export type ReasoningEffort = 'off' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';
