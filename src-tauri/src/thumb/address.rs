//! What an address asks for.

use kindred_core::media::ThumbnailSize;
use kindred_core::{FaceId, PhotoId};
use tauri::http::{StatusCode, Uri};

/// Ids grow from 1 and never get this far; a JavaScript number still holds them.
const IDS: std::ops::Range<i64> = 1..1 << 40;

/// An address that makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    pub what: What,
    /// The address says which content it means, so that the answer holds for ever.
    pub is_versioned: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Thumbnail(PhotoId, ThumbnailSize),
    Original(PhotoId),
    /// A face and what is around it, in pixels of the square's side.
    Face(FaceId, u32),
    /// A picture that is asked about, small.
    QueryPicture(String),
}

impl Address {
    /// Reads `/photo/<id>/256`, `/photo/<id>/1024`, `/photo/<id>/full`, `/face/<id>/128`, `/face/<id>/256` and
    /// `/picture/<token>/256`, and `?v=` behind them.
    ///
    /// # Errors
    /// The status to refuse it with: 400 for a size that there is none of, 404 for everything else.
    pub(super) fn of(uri: &Uri) -> Result<Self, StatusCode> {
        let names: Vec<&str> = uri.path().strip_prefix('/').unwrap_or_default().split('/').collect();
        let [kind, which, size] = names[..] else { return Err(StatusCode::NOT_FOUND) };
        let what = match kind {
            "photo" => {
                let photo = id(which).map(PhotoId).ok_or(StatusCode::NOT_FOUND)?;
                match size {
                    "256" => What::Thumbnail(photo, ThumbnailSize::Small),
                    "1024" => What::Thumbnail(photo, ThumbnailSize::Large),
                    "full" => What::Original(photo),
                    _ => return Err(StatusCode::BAD_REQUEST),
                }
            }
            "face" => {
                let face = id(which).map(FaceId).ok_or(StatusCode::NOT_FOUND)?;
                match size {
                    "128" => What::Face(face, 128),
                    "256" => What::Face(face, 256),
                    _ => return Err(StatusCode::BAD_REQUEST),
                }
            }
            "picture" => match size {
                "256" => What::QueryPicture(which.to_owned()),
                _ => return Err(StatusCode::BAD_REQUEST),
            },
            _ => return Err(StatusCode::NOT_FOUND),
        };
        let is_versioned = uri.query().is_some_and(|query| {
            query.split('&').any(|pair| pair.strip_prefix("v=").is_some_and(|version| !version.is_empty()))
        });
        Ok(Self { what, is_versioned })
    }
}

/// Digits and nothing else: no sign, no space, nothing that is decoded first.
fn id(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let id = digits.then(|| text.parse().ok()).flatten()?;
    IDS.contains(&id).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_understood_or_refused() {
        const NONE: u16 = 404;
        const SIZE: u16 = 400;
        let small = |id| Ok(What::Thumbnail(PhotoId(id), ThumbnailSize::Small));
        for (address, expected) in [
            ("thumb://localhost/photo/7/256", small(7)),
            ("http://thumb.localhost/photo/7/256", small(7)),
            ("thumb://localhost/photo/7/1024?v=a", Ok(What::Thumbnail(PhotoId(7), ThumbnailSize::Large))),
            ("thumb://localhost/photo/1099511627775/full", Ok(What::Original(PhotoId(1_099_511_627_775)))),
            ("thumb://localhost/picture/5f-0/256", Ok(What::QueryPicture("5f-0".into()))),
            ("thumb://localhost/picture/5f-0/full", Err(SIZE)),
            ("thumb://localhost/face/9/128", Ok(What::Face(FaceId(9), 128))),
            ("thumb://localhost/face/9/256?v=2", Ok(What::Face(FaceId(9), 256))),
            ("thumb://localhost/face/9/1024", Err(SIZE)),
            ("thumb://localhost/face/x/128", Err(NONE)),
            ("thumb://localhost/photo/7/512", Err(SIZE)),
            ("thumb://localhost/photo/7/", Err(SIZE)),
            ("thumb://localhost/photo/7/256.jpg", Err(SIZE)),
            ("thumb://localhost/photo/7", Err(NONE)),
            ("thumb://localhost/photo/7/256/", Err(NONE)),
            ("thumb://localhost/photo/0/256", Err(NONE)),
            ("thumb://localhost/photo/-7/256", Err(NONE)),
            ("thumb://localhost/photo/+7/256", Err(NONE)),
            ("thumb://localhost/photo/7%20/256", Err(NONE)),
            ("thumb://localhost/photo/1099511627776/256", Err(NONE)),
            ("thumb://localhost/photo/99999999999999999999999/256", Err(NONE)),
            ("thumb://localhost/photo/../../etc/passwd", Err(NONE)),
            ("thumb://localhost/photo/..%2F..%2Fetc%2Fpasswd/256", Err(NONE)),
            ("thumb://localhost/photo//256", Err(NONE)),
            ("thumb://localhost//photo/7/256", Err(NONE)),
            ("thumb://localhost/", Err(NONE)),
            ("thumb://localhost", Err(NONE)),
        ] {
            let found = Address::of(&address.parse().unwrap());
            assert_eq!(
                found.map(|found| found.what).map_err(|status| status.as_u16()),
                expected,
                "{address}"
            );
        }
    }

    #[test]
    fn only_an_address_with_a_version_holds_for_ever() {
        for (query, expected) in
            [("", false), ("?v=", false), ("?v=ab12", true), ("?w=1&v=2", true), ("?vv=1", false)]
        {
            let uri = format!("thumb://localhost/photo/7/256{query}").parse().unwrap();
            assert_eq!(Address::of(&uri).unwrap().is_versioned, expected, "{query}");
        }
    }
}
