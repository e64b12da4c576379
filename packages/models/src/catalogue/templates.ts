/**
 * The most tokens that a chat template adds before the first message. The templates of gpt-oss (the longest, with 67), Llama,
 * Qwen, DeepSeek and Kimi are published. Those of Nova, Claude and GPT are not, and Nemotron's was not read: for these it is an
 * assumption.
 *
 * @see https://github.com/ggml-org/llama.cpp/tree/master/models/templates
 * @see https://cookbook.openai.com/articles/openai-harmony
 */
export const shortTemplate = 128;

/**
 * The same for Mistral, whose templates have their own system prompt if a call has none: about 550 tokens in Ministral's. Mistral
 * Large 3 is assumed to be alike.
 *
 * @see https://huggingface.co/mistralai/Ministral-3-8B-Instruct-2512
 */
export const templateWithPrompt = 1024;
