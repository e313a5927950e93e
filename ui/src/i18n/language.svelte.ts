import { en, type Messages } from './en';
import { ko } from './ko';

export type Language = 'en' | 'ko';

const catalogues: Record<Language, Messages> = { en, ko };

/** The language for a choice in the settings, given the system's locale. */
export function languageFor(choice: 'system' | Language, systemLocale: string): Language {
  if (choice !== 'system') return choice;
  return /^ko(?![a-z])/i.test(systemLocale) ? 'ko' : 'en';
}

/** The locale for numbers and dates: the system's own where it is of the same language (en-GB), else the language's. */
export function localeFor(language: Language, systemLocale: string): string {
  const tag = systemLocale.replace(/[.@].*$/, '').replaceAll('_', '-');
  if (languageFor('system', tag) !== language || !tag.toLowerCase().startsWith(language)) return language;
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([tag])[0] ?? language;
  } catch {
    return language;
  }
}

class Words {
  language = $state<Language>('en');
  locale = $state('en');

  get messages(): Messages {
    return catalogues[this.language];
  }

  /** Speaks as the settings say. */
  use(choice: 'system' | Language, systemLocale: string) {
    this.language = languageFor(choice, systemLocale);
    this.locale = localeFor(this.language, systemLocale);
  }
}

export const words = new Words();

/** The messages of the language in use. Read in a template or an effect, it follows the language. */
export function t(): Messages {
  return words.messages;
}
