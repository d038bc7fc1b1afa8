#![allow(clippy::unwrap_used)]

use dorpsplein_protocol::identity::PublicKey;
use dorpsplein_protocol::operation::NeighbourhoodId;
use tempfile::TempDir;

use super::peers::Peer;
use super::*;

fn config() -> Config {
    Config::new("Maasdorp".to_owned(), NeighbourhoodId::from_bytes([3; 32]))
}

fn made() -> (TempDir, PathBuf) {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("maasdorp");
    DataFolder::create(&path, config(), SecretKey::from_seed(&[5; 32])).unwrap();
    (parent, path)
}

#[test]
fn what_was_made_opens() {
    let (_parent, path) = made();
    let folder = DataFolder::open(&path).unwrap();
    assert_eq!(folder.config(), &config());
    assert_eq!(folder.box_key().to_seed(), [5; 32]);
    assert!(!files::others_may_read(&path.join(KEY_FILE)).unwrap());
}

#[test]
fn each_obstacle_is_one_clear_line() {
    let (parent, path) = made();
    let line = |error: FolderError| {
        let line = error.to_string();
        assert!(!line.contains('\n') && line.contains(path.to_str().unwrap()), "{line}");
        line
    };
    let open = DataFolder::open(&path).unwrap();
    assert!(line(DataFolder::open(&path).unwrap_err()).ends_with("is in use by another dorpsplein"));
    drop(open);

    fs::write(path.join(FORMAT_FILE), "3\n").unwrap();
    assert!(
        line(DataFolder::open(&path).unwrap_err())
            .ends_with("uses format 2: a newer version made it, use that one or a later one. Nothing was changed")
    );
    fs::write(path.join(FORMAT_FILE), "2\n").unwrap();

    let again = DataFolder::create(&path, config(), SecretKey::from_seed(&[5; 32]));
    assert!(line(again.unwrap_err()).ends_with("exists already and is not empty"));

    let text = config().render().replace("site = ", "site = 5 # ");
    fs::write(path.join(CONFIG_FILE), text).unwrap();
    assert!(line(DataFolder::open(&path).unwrap_err()).contains("box.toml: line "));
    fs::write(path.join(CONFIG_FILE), config().render()).unwrap();

    fs::write(path.join(KEY_FILE), "not a key").unwrap();
    assert!(line(DataFolder::open(&path).unwrap_err()).ends_with("box.key is damaged"));

    let nowhere = DataFolder::open(&parent.path().join("nowhere")).unwrap_err();
    assert!(nowhere.to_string().contains("is not a data folder"), "{nowhere}");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let (_parent, path) = made();
    fs::set_permissions(path.join(KEY_FILE), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(DataFolder::open(&path), Err(FolderError::Exposed { .. })));
}

#[test]
fn commands_add_peers_while_the_box_runs() {
    let (_parent, path) = made();
    let running = DataFolder::open(&path).unwrap();
    assert_eq!(running.peers().read().unwrap(), []);
    let peer = |port: u16, introduced| Peer {
        key: PublicKey::from_bytes([1; 32]),
        neighbourhood: NeighbourhoodId::from_bytes([2; 32]),
        addresses: vec![format!("/ip4/127.0.0.1/udp/{port}/quic-v1").parse().unwrap()],
        site: Some("http://127.0.0.1:8080".to_owned()),
        introduced,
    };
    let other = Peer { key: PublicKey::from_bytes([9; 32]), site: None, ..peer(3, false) };
    PeerBook::of(&path).add(peer(1, false)).unwrap();
    PeerBook::of(&path).add(other.clone()).unwrap();
    PeerBook::of(&path).add(peer(2, true)).unwrap();
    assert_eq!(
        running.peers().read().unwrap(),
        [other, peer(2, true)],
        "the later word about a box replaces the earlier"
    );
    fs::write(path.join("peers.json"), "[{}]").unwrap();
    assert!(matches!(running.peers().read(), Err(FolderError::Damaged { .. })));
}

#[test]
fn a_running_box_says_where_it_is() {
    let (_parent, path) = made();
    let folder = DataFolder::open(&path).unwrap();
    assert_eq!(running(&path).unwrap(), None);
    let here = Running {
        url: "http://127.0.0.1:8080".to_owned(),
        site: "https://plein.example".to_owned(),
        addresses: vec!["/ip4/127.0.0.1/tcp/4080".to_owned()],
        token: "07".repeat(32),
    };
    folder.announce(&here).unwrap();
    assert_eq!(running(&path).unwrap(), Some(here));
    folder.withdraw().unwrap();
    folder.withdraw().unwrap();
    assert_eq!(running(&path).unwrap(), None);
}
