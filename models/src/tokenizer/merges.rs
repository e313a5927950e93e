//! CLIP's merges, read back out of a tokenizer that knows them.
//!
//! A byte-pair encoding is a list of merges: the nth one joins two tokens that were there before to a new one. The crate has the list and
//! does not show it, but it spells every token. Joining a token's own bytes by the merges before it leaves the two that it is made of.

use std::collections::HashMap;
use std::fmt::Write as _;

use instant_clip_tokenizer::{Token, Tokenizer};

use super::BYTE_TOKENS;

/// Bytes there are; as many tokens stand for a byte within a word, and as many again for one at its end.
const BYTES: usize = BYTE_TOKENS / 2;

/// Merges by what they join.
type Merges = HashMap<(u16, u16), u16>;

/// What has to stand before a token that begins inside a character, so that it can be read as text: the head of a character of two,
/// three or four bytes.
const BEFORE: [&[u8]; 4] = [&[], &[0xC2], &[0xE1], &[0xF1]];
/// What has to stand behind one that ends inside a character. The second byte of some is confined to a part of 80 to BF.
const BEHIND: [&[u8]; 7] =
    [&[], &[0x80], &[0x80, 0x80], &[0x80; 3], &[0xA0, 0x80], &[0x90, 0x80, 0x80], &[0x90, 0x80]];

/// The first `count` merges of `tokenizer` in the format of the published file: a line of title, then one merge a line.
pub(super) fn first(tokenizer: &Tokenizer, count: usize) -> String {
    let alphabet = Alphabet::new();
    let mut names: Vec<String> = alphabet.letters.iter().map(|letter| letter.to_string()).collect();
    names.extend(alphabet.letters.iter().map(|letter| format!("{letter}</w>")));
    let mut merges = Merges::new();
    let mut text = String::from("merges\n");
    for id in (BYTE_TOKENS..).take(count) {
        let mut parts = alphabet.byte_tokens(&spelling(tokenizer, id as u16, &alphabet));
        join(&mut parts, &merges);
        let [a, b] = parts[..] else {
            unreachable!("a token is made of two; a test reads all of them");
        };
        merges.insert((a, b), id as u16);
        let (a, b) = (&names[usize::from(a)], &names[usize::from(b)]);
        // Writing to a string does not fail.
        let _ = writeln!(text, "{a} {b}");
        names.push(format!("{a}{b}"));
    }
    text
}

/// How the file writes bytes: as themselves where they are printable, and else as characters from U+0100 on. The printable ones come
/// first in the vocabulary.
struct Alphabet {
    /// By token.
    letters: Vec<char>,
    /// The token of each byte.
    tokens: [u16; BYTES],
}

/// What a token stands for.
struct Spelling {
    bytes: Vec<u8>,
    ends_word: bool,
}

impl Alphabet {
    fn new() -> Self {
        let is_printable = |byte: u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
        let mut alphabet = Self { letters: Vec::with_capacity(BYTES), tokens: [0; BYTES] };
        let mut add = |byte: u8, letter: char| {
            alphabet.tokens[usize::from(byte)] = alphabet.letters.len() as u16;
            alphabet.letters.push(letter);
        };
        (0..=u8::MAX).filter(|byte| is_printable(*byte)).for_each(|byte| add(byte, byte.into()));
        let others = (0..=u8::MAX).filter(|byte| !is_printable(*byte));
        others.zip('\u{100}'..).for_each(|(byte, letter)| add(byte, letter));
        alphabet
    }

    fn byte_tokens(&self, spelling: &Spelling) -> Vec<u16> {
        let mut tokens: Vec<u16> =
            spelling.bytes.iter().map(|byte| self.tokens[usize::from(*byte)]).collect();
        if let Some(last) = tokens.last_mut().filter(|_| spelling.ends_word) {
            *last += BYTES as u16;
        }
        tokens
    }
}

/// Reads a token. The crate gives text, so half a character must be made whole first.
fn spelling(tokenizer: &Tokenizer, id: u16, alphabet: &Alphabet) -> Spelling {
    let text_of = |before: &[u8], behind: &[u8]| {
        let byte = |byte: &u8| alphabet.tokens[usize::from(*byte)];
        let ids = before.iter().map(byte).chain([id]).chain(behind.iter().map(byte));
        tokenizer.decode(ids.filter_map(|id| Token::from_u16(id, tokenizer)))
    };
    let read = |text: &str, before: usize, behind: usize| {
        let ends_word = text.ends_with(' ');
        let end = text.len() - behind - usize::from(ends_word);
        Spelling { bytes: text.as_bytes()[before..end].to_vec(), ends_word }
    };
    for before in BEFORE {
        for behind in BEHIND {
            let text = text_of(before, behind);
            if !text.contains(char::REPLACEMENT_CHARACTER) {
                return read(&text, before.len(), behind.len());
            }
        }
    }
    // The character itself.
    read(&text_of(&[], &[]), 0, 0)
}

/// Joins tokens by the merges, the earliest first, until none applies.
fn join(tokens: &mut Vec<u16>, merges: &Merges) {
    loop {
        let pairs = tokens.windows(2).map(|pair| (pair[0], pair[1]));
        let Some((joined, (a, b))) = pairs.filter_map(|pair| Some((*merges.get(&pair)?, pair))).min() else {
            return;
        };
        let mut at = 0;
        while at + 1 < tokens.len() {
            if (tokens[at], tokens[at + 1]) == (a, b) {
                tokens[at] = joined;
                tokens.remove(at + 1);
            }
            at += 1;
        }
    }
}
