//! From a sentence to CLIP's token ids.
//!
//! The byte-pair encoding and the vocabulary come from `instant-clip-tokenizer`. That crate lower-cases and splits words like
//! OpenAI's original; what it leaves to its user is done here, as in `openai/clip-vit-base-patch32`'s `tokenizer.json`:
//! composed Unicode (NFC: Korean typed or named on macOS arrives in pieces), lower case character by character, and the two
//! special tokens in their current spelling. OpenAI's own code also runs `ftfy` and unescapes HTML, to repair captions from
//! web pages; `tokenizer.json` does neither, all published token lists follow it, and a person's query is no web page.

mod merges;

use std::borrow::Cow;
use std::io::Cursor;
use std::sync::{Arc, LazyLock};

use icu_normalizer::ComposingNormalizerBorrowed;
use instant_clip_tokenizer::{Token, Tokenizer};

/// Tokens of one text at most, both markers included, in every published CLIP.
pub const CONTEXT_LENGTH: usize = 77;

/// Marks the beginning of a text.
pub const START_OF_TEXT: u32 = 49_406;

/// Marks the end of a text; the largest id, at whose place the text tower is read.
pub const END_OF_TEXT: u32 = 49_407;

/// Merges of the whole tokenizer.
pub const MAX_MERGES: usize = START_OF_TEXT as usize - BYTE_TOKENS;

/// Bytes of one text that are looked at. The longest token spells 32 bytes, so 75 of them cannot reach past 2,475 bytes of
/// words with a space between. The rest of a pasted book would cost seconds and change nothing.
const MAX_TEXT_BYTES: usize = 8192;

const START_MARKER: &str = "<|startoftext|>";
const END_MARKER: &str = "<|endoftext|>";

/// Tokens before any merge: every byte, within a word and at its end.
const BYTE_TOKENS: usize = 512;

/// CLIP's tokenizer, whole or cut to its first merges. Building one takes some ten milliseconds, so there is one whole one for the
/// process.
pub struct ClipTokenizer {
    bpe: Tokenizer,
    nfc: ComposingNormalizerBorrowed<'static>,
}

static SHARED: LazyLock<Arc<ClipTokenizer>> = LazyLock::new(|| Arc::new(ClipTokenizer::of(Tokenizer::new())));

impl ClipTokenizer {
    /// The whole tokenizer of this process, built at the first call.
    pub fn shared() -> Arc<Self> {
        Arc::clone(&SHARED)
    }

    /// The tokenizer with the first `merges` of its merges and no more, at most [`MAX_MERGES`]: ids below `512 + merges` are CLIP's own,
    /// the next two mark start and end of a text.
    pub fn cut(merges: usize) -> Self {
        let merges = merges.min(MAX_MERGES);
        let text = merges::first(&SHARED.bpe, merges);
        // The text was written in the only format that the crate reads, and from its own merges.
        #[expect(clippy::expect_used)]
        let bpe = Tokenizer::with_vocabulary(Cursor::new(text), (BYTE_TOKENS + merges + 2) as u16)
            .expect("the merges are in the published format");
        Self::of(bpe)
    }

    /// Number of ids, the two markers included.
    pub fn vocabulary(&self) -> usize {
        usize::from(self.bpe.end_of_text().to_u16()) + 1
    }

    fn of(bpe: Tokenizer) -> Self {
        Self { bpe, nfc: ComposingNormalizerBorrowed::new_nfc() }
    }

    /// The ids of `text`, start and end marker included and without padding: between 2 and `context` of them. What does not
    /// fit is cut off before the end marker.
    pub fn encode(&self, text: &str, context: usize) -> Vec<u32> {
        let mut tokens = vec![self.bpe.start_of_text()];
        for (i, part) in cut_to(text, MAX_TEXT_BYTES).split(END_MARKER).enumerate() {
            if i > 0 {
                tokens.push(self.bpe.end_of_text());
            }
            let part: String = self.nfc.normalize(part).chars().flat_map(char::to_lowercase).collect();
            for (i, part) in part.split(START_MARKER).enumerate() {
                if i > 0 {
                    tokens.push(self.bpe.start_of_text());
                }
                self.bpe.encode(&without_old_markers(part), &mut tokens);
            }
        }
        tokens.truncate(context.max(2) - 1);
        tokens.push(self.bpe.end_of_text());
        tokens.into_iter().map(|t: Token| u32::from(t.to_u16())).collect()
    }
}

/// Keeps the crate from taking the markers' old spelling, `<start_of_text>`, for a marker. A space behind the bracket is
/// enough, and no word changes by it: words end between a bracket and a letter in any case.
fn without_old_markers(text: &str) -> Cow<'_, str> {
    if text.contains("_of_text>") {
        Cow::Owned(text.replace("<start_of", "< start_of").replace("<end_of", "< end_of"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The longest prefix of `text` of at most `bytes` bytes, counting a run of white space as one byte and ending at a character.
fn cut_to(text: &str, bytes: usize) -> &str {
    let mut used = 0;
    let mut in_space = false;
    for (at, c) in text.char_indices() {
        let space = c.is_whitespace();
        used += if !space { c.len_utf8() } else { usize::from(!in_space) };
        in_space = space;
        if used > bytes {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_data;

    fn ids(text: &str) -> Vec<u32> {
        ClipTokenizer::shared().encode(text, CONTEXT_LENGTH)
    }

    /// Between the markers.
    fn check(text: &str, expected: &[u32]) {
        let ids = ids(text);
        assert_eq!(ids.first(), Some(&START_OF_TEXT), "{text:?}");
        assert_eq!(ids.last(), Some(&END_OF_TEXT), "{text:?}");
        assert_eq!(&ids[1..ids.len() - 1], expected, "{text:?}");
    }

    #[test]
    fn the_published_token_lists_match() {
        let Some(path) = test_data::shared("golden/tokenizer-hf/tokens-golden.json") else { return };
        #[derive(serde::Deserialize)]
        struct Golden {
            text: String,
            ids: Vec<u32>,
            ids77: Vec<u32>,
        }
        let golden: Vec<Golden> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(golden.len(), 41);
        for Golden { text, ids, ids77 } in golden {
            assert_eq!(ClipTokenizer::shared().encode(&text, CONTEXT_LENGTH), ids77, "{text:?}");
            assert_eq!(ClipTokenizer::shared().encode(&text, usize::MAX), ids, "{text:?}");
        }
    }

    #[test]
    fn words_numbers_and_marks_become_the_ids_of_clips_vocabulary() {
        check("", &[]);
        check("   ", &[]);
        check("a photo of a cat", &[320, 1125, 539, 320, 2368]);
        check("A  Photo\tof\na CAT", &[320, 1125, 539, 320, 2368]);
        check("Hello World!", &[3306, 1002, 256]);
        check("don't", &[847, 713]);
        check("NAÏVE CAFÉ", &[1097, 35689, 563, 15304]);
        check("😀", &[7334]);
    }

    #[test]
    fn korean_in_pieces_is_the_same_as_korean_in_syllables() {
        let composed = ids("가족 사진");
        assert_eq!(composed, [49406, 21122, 222, 168, 94, 365, 31061, 105, 38890, 49407]);
        let decomposed = "\u{1100}\u{1161}\u{110c}\u{1169}\u{11a8} \u{1109}\u{1161}\u{110c}\u{1175}\u{11ab}";
        assert_eq!(ids(decomposed), composed);
    }

    #[test]
    fn markers_in_the_text_are_markers_only_in_their_current_spelling() {
        check("<|startoftext|> hi <|endoftext|>", &[49406, 1883, 49407]);
        check("<|STARTOFTEXT|>", &[49406]);
        let old = ids("<start_of_text> <END_OF_TEXT>");
        assert_eq!(old.iter().filter(|id| **id >= START_OF_TEXT).count(), 2);
    }

    #[test]
    fn a_long_text_is_cut_before_the_end_marker() {
        let long = ids(&"dog ".repeat(500));
        assert_eq!(long.len(), CONTEXT_LENGTH);
        assert_eq!(long.last(), Some(&END_OF_TEXT));
        assert!(long[1..76].iter().all(|id| *id == 1929));
        assert_eq!(ClipTokenizer::shared().encode("a dog", 0), [START_OF_TEXT, END_OF_TEXT]);
    }

    #[test]
    fn a_pasted_book_takes_no_longer_than_a_page() {
        let noise: String = (0..2_000_000_u32)
            .map(|i| char::from(b'a' + (i.wrapping_mul(2_654_435_761) >> 27) as u8 % 26))
            .collect();
        let started = std::time::Instant::now();
        assert_eq!(ids(&noise).len(), CONTEXT_LENGTH);
        assert_eq!(ids(&" ".repeat(2_000_000)), [START_OF_TEXT, END_OF_TEXT]);
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    }

    #[test]
    fn all_merges_read_back_make_the_whole_tokenizer() {
        let again = ClipTokenizer::cut(MAX_MERGES);
        assert_eq!(again.vocabulary(), END_OF_TEXT as usize + 1);
        let spelled =
            |tokenizer: &ClipTokenizer, id: u16| tokenizer.bpe.decode(Token::from_u16(id, &tokenizer.bpe));
        for id in 0..START_OF_TEXT as u16 {
            assert_eq!(spelled(&again, id), spelled(&SHARED, id), "{id}");
        }
        for text in
            ["가족 사진", "😀 🏖️ 🎂", "a  Photo of a CAT's 1st 日本 café", "�� \u{1F468}\u{200D}\u{1F469}"]
        {
            assert_eq!(again.encode(text, CONTEXT_LENGTH), ids(text), "{text:?}");
        }
    }

    /// Found with OpenCLIP's tokenizer, cut to the same number of merges by `tests/parity/starter_reference.py`.
    #[test]
    fn a_cut_tokenizer_splits_what_later_merges_would_join() {
        let cut = ClipTokenizer::cut(16_000);
        assert_eq!(cut.vocabulary(), 16_514);
        for (text, expected) in [
            ("", &[][..]),
            ("a photo of a cat", &[320, 1125, 539, 320, 2368]),
            ("Hello World! don't", &[3306, 1002, 256, 847, 713]),
            ("NAÏVE CAFÉ", &[1097, 127, 107, 563, 15304]),
            ("😀 🏖️ 🎂", &[7334, 1109, 244, 1001, 10392]),
            ("가족 사진", &[166, 108, 222, 168, 94, 365, 168, 224, 105, 16279, 482]),
            ("日本の海", &[162, 245, 98, 162, 250, 105, 4813, 106, 162, 113, 371]),
            ("antidisestablishmentarianism", &[3120, 4262, 7726, 12658, 1585, 1221, 514, 1935]),
            (
                "a cappuccino beside a croissant",
                &[320, 772, 604, 4903, 2396, 334, 13519, 320, 1192, 11738, 773],
            ),
            ("1234 candles", &[272, 273, 274, 275, 15472]),
            ("kwiaty żółte", &[74, 820, 527, 344, 129, 120, 8891, 129, 224, 756]),
            ("شاطئ", &[148, 112, 13189, 115, 148, 355]),
            ("¿dónde está la playa?", &[126, 379, 67, 8891, 77, 654, 2291, 127, 350, 1210, 1222, 320, 286]),
        ] {
            let found = cut.encode(text, CONTEXT_LENGTH);
            assert_eq!((found[0], found[found.len() - 1]), (16_512, 16_513), "{text:?}");
            assert_eq!(found[1..found.len() - 1], *expected, "{text:?}");
        }
        let long = cut.encode(&"dog ".repeat(500), 32);
        assert_eq!((long.len(), long[30], long[31]), (32, 1929, 16_513));
        assert_eq!(
            cut.encode("<|startoftext|> hi <|endoftext|>", 32),
            [16_512, 16_512, 1883, 16_513, 16_513]
        );
    }

    #[test]
    fn a_text_is_cut_at_a_character_and_a_run_of_spaces_counts_once() {
        assert_eq!(cut_to("가나다", 7), "가나");
        assert_eq!(cut_to("a    b", 3), "a    b");
        assert_eq!(cut_to("a    bc", 3), "a    b");
    }
}
