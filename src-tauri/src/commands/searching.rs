//! Questions about photos.

use std::sync::Arc;

use kindred_core::{FaceId, ImageTerm, PhotoId};

use super::Shell;
use crate::values::{
    Answer, CommandError, Completion, PictureSource, PictureTerm, Result, SearchRequest, SimilarRequest,
};

/// Photos by words, by pictures, or both.
#[tauri::command]
pub(crate) async fn search(shell: Shell<'_>, request: SearchRequest) -> Result<Answer> {
    let superseded = shell.questions.search(request.ticket)?;
    let SearchRequest { query, images, offset, limit, .. } = request;
    let term = |PictureTerm { source, weight }| Ok(ImageTerm { source: shell.source(source)?, weight });
    let images = images.into_iter().map(term).collect::<Result<_>>()?;
    let request = kindred_core::SearchRequest { query, images, offset, limit, model: None };
    shell.ask(move |library| library.search_unless(&request, &superseded).map(Into::into)).await
}

/// Photos like one photo.
#[tauri::command]
pub(crate) async fn similar(shell: Shell<'_>, request: SimilarRequest) -> Result<Answer> {
    let superseded = shell.questions.similar(request.by, request.ticket)?;
    let SimilarRequest { photo, picture, by, face, face_index, offset, limit, .. } = request;
    let source = match (photo, picture) {
        (Some(id), None) => PictureSource::Photo { id },
        (None, Some(token)) => PictureSource::Picture { token },
        _ => return Err(CommandError::new("usage", "a photo or a picture, and not both")),
    };
    let picture = shell.source(source)?;
    let (by, face) = (by.into(), face.map(FaceId));
    let request = kindred_core::SimilarRequest { picture, by, face, face_index, offset, limit, model: None };
    shell.ask(move |library| library.similar_unless(&request, &superseded).map(Into::into)).await
}

/// Ways to go on writing a query at a place in it, an offset into a JavaScript string.
#[tauri::command]
pub(crate) async fn complete(shell: Shell<'_>, query: String, cursor: usize) -> Result<Vec<Completion>> {
    let found = shell.ask(move |library| library.complete(&query, cursor)).await?;
    Ok(found.into_iter().map(Into::into).collect())
}

impl crate::shell::Shell {
    /// The picture itself, where the page knows only a token.
    fn source(self: &Arc<Self>, source: PictureSource) -> Result<kindred_core::PictureSource> {
        match source {
            PictureSource::Photo { id } => Ok(kindred_core::PictureSource::Photo(PhotoId(id))),
            PictureSource::Picture { token } => match self.query_pictures.path(&token) {
                Some(path) => Ok(kindred_core::PictureSource::File(path)),
                None => Err(CommandError::unknown_picture(&token)),
            },
        }
    }
}
