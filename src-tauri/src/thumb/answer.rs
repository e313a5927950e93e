//! From what an address asks for to the answer.

use std::fs;
use std::path::Path;

use kindred_core::media::ThumbnailSize;
use kindred_core::{Error, FaceCrop, FaceId, Library, Original, PhotoId};
use tauri::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS,
};
use tauri::http::{Response, StatusCode};

use super::address::{Address, What};
use crate::opening::Opening;
use crate::query_pictures::QueryPictures;

/// The address names the content: it is never asked for again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Asked for again each time, which costs little: the tag is compared.
const ASK_AGAIN: &str = "no-cache";
const JPEG: &str = "image/jpeg";

/// A picture and how it may be kept.
struct Picture {
    content: Content,
    content_type: &'static str,
    /// Names the content and its form.
    tag: Option<String>,
}

/// The bytes, or where they are, so that they are not read for somebody who has them.
enum Content {
    Bytes(Vec<u8>),
    File(std::path::PathBuf),
}

/// The tags of the pictures that the page has already.
pub(super) fn known_to(headers: &HeaderMap) -> Vec<String> {
    let tags = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|value| value.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/").to_owned())
        .collect()
}

/// An answer without a picture.
pub(super) fn refused(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer, whatever it is.
pub(super) fn answer(
    library: &Opening,
    query_pictures: &QueryPictures,
    address: &Address,
    known: &[String],
) -> Response<Vec<u8>> {
    let Ok(library) = library.wait() else { return refused(StatusCode::SERVICE_UNAVAILABLE) };
    let found = match &address.what {
        What::Thumbnail(photo, size) => thumbnail(&library, *photo, *size),
        What::Original(photo) => original(&library, *photo),
        What::Face(face, side) => cropped_face(&library, *face, *side),
        What::QueryPicture(token) => match query_pictures.path(token) {
            Some(path) => query_picture(&library, &path),
            None => return refused(StatusCode::NOT_FOUND),
        },
    };
    match found.and_then(|picture| respond(picture, address, known)) {
        Ok(response) => response,
        Err(error) => {
            tracing::debug!("{address:?}: {error}");
            refused(status_of(&error))
        }
    }
}

fn respond(picture: Picture, address: &Address, known: &[String]) -> kindred_core::Result<Response<Vec<u8>>> {
    let tag = picture.tag.map(|tag| format!("\"{tag}\""));
    let is_known = tag.as_ref().is_some_and(|tag| known.iter().any(|known| known == tag || known == "*"));
    let mut response = Response::new(match picture.content {
        _ if is_known => Vec::new(),
        Content::Bytes(bytes) => bytes,
        Content::File(path) => fs::read(&path).map_err(|error| Error::io(&path, error))?,
    });
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let is_for_ever = address.is_versioned && matches!(address.what, What::Thumbnail(..) | What::Face(..));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(picture.content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(if is_for_ever { FOR_EVER } else { ASK_AGAIN }));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Some(tag) = tag.and_then(|tag| HeaderValue::from_str(&tag).ok()) {
        headers.insert(ETAG, tag);
    }
    Ok(response)
}

fn thumbnail(library: &Library, photo: PhotoId, size: ThumbnailSize) -> kindred_core::Result<Picture> {
    let path = library.thumbnail(photo, size)?;
    // The name of the file is made of the hash of the photo's content and the size.
    let tag = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    Ok(Picture { content: Content::File(path), content_type: JPEG, tag })
}

/// The file as it is where a web view shows such files, otherwise converted.
fn original(library: &Library, photo: PhotoId) -> kindred_core::Result<Picture> {
    let Original { path, format, is_web_picture, hash } = library.original(photo)?;
    let tag: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(match format.web_type().filter(|_| is_web_picture) {
        Some(content_type) => Picture { content: Content::File(path), content_type, tag: Some(tag) },
        None => Picture {
            content: Content::Bytes(library.original_as_jpeg(photo)?),
            content_type: JPEG,
            tag: Some(tag + "-jpeg"),
        },
    })
}

fn cropped_face(library: &Library, face: FaceId, side: u32) -> kindred_core::Result<Picture> {
    let FaceCrop { jpeg, tag } = library.face_crop(face, side)?;
    Ok(Picture { content: Content::Bytes(jpeg), content_type: JPEG, tag: Some(tag) })
}

fn query_picture(library: &Library, path: &Path) -> kindred_core::Result<Picture> {
    Ok(Picture {
        content: Content::Bytes(library.picture_thumbnail(path, ThumbnailSize::Small)?),
        content_type: JPEG,
        tag: None,
    })
}

fn status_of(error: &Error) -> StatusCode {
    match error {
        Error::UnknownPhoto { .. } | Error::UnknownFace { .. } | Error::NoLibrary { .. } => {
            StatusCode::NOT_FOUND
        }
        Error::Picture { source, .. } if source.code() == "unreadable" => StatusCode::GONE,
        Error::Picture { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => StatusCode::GONE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
