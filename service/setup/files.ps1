# The files of the program: what is in the package, how it gets into its place as a whole or not at all, and the
# database that the version before has left.

$RequiredFiles = 'VERSION', 'node.exe', 'checkpoint-agent.mjs', 'service-host.mjs', 'uninstall.ps1', 'bin\checkpoint-agent.cmd'
$SumsFile = 'SHA256SUMS'
$VersionPattern = '^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$'
# Somebody may look at a file at that moment: a virus scanner, or a check of the monitoring.
$RenameLimitSeconds = 20
$CopyPrefix = 'before-'
# An empty folder in a program that is to be removed, so that one which was installed meanwhile is not.
$GoingMark = 'REMOVING'
# One of them tells the program from what somebody else keeps in a folder of such a name.
$OwnFiles = 'bin\checkpoint-agent.cmd', 'checkpoint-agent.mjs', 'service-host.mjs', 'docs\install.md', 'node.exe', 'setup\windows.ps1'

# ------------------------------------------------------------------------------------------------------- the package

# A link, or a junction: what stands behind it is not what it seems.
function Test-Link([string]$path) {
    $item = Get-Item -LiteralPath $path -Force
    return ($item.Attributes -band [IO.FileAttributes]::ReparsePoint) -ne 0
}

function Read-Files([string]$folder) {
    return , @(Get-ChildItem -LiteralPath $folder -Recurse -File -Name | ForEach-Object { ([string]$_).Replace('/', '\') } | Sort-Object)
}

# Relative names with their SHA-256, as sha256sum writes them; $null when the package has no such list.
function Read-Sums([string]$folder) {
    if (-not (Test-Path -LiteralPath "$folder\$SumsFile")) { return $null }
    $sums = @{}
    foreach ($line in @(Get-Content -LiteralPath "$folder\$SumsFile")) {
        $match = [regex]::Match($line, '^([0-9A-Fa-f]{64}) [ *](.+)$')
        $name = $match.Groups[2].Value.Replace('/', '\')
        if ($match.Success -and $name -notmatch '[:*?"<>|]|(^|\\)\.*(\\|$)') { $sums[$name] = $match.Groups[1].Value }
        elseif ($line -ne '') { Stop-Refused "$folder\$SumsFile has a line that cannot be read: $line" }
    }
    return $sums
}

# The name of the first file that is missing or another one; nothing when all are as listed.
function Find-Difference([string]$folder, $sums) {
    foreach ($name in @($sums.Keys | Sort-Object)) {
        $path = "$folder\$name"
        if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { return "$name is missing" }
        if ((Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash -ne $sums[$name]) { return "$name is another file than listed" }
    }
    return ''
}

function Read-Version([string]$folder) {
    if (-not (Test-Path -LiteralPath "$folder\VERSION" -PathType Leaf)) { return '' }
    return ([string](Get-Content -LiteralPath "$folder\VERSION" -TotalCount 1)).Trim()
}

# What is to be installed. With a list of checksums the package is what it lists, whatever else lies in the folder.
function Read-Package([string]$folder) {
    foreach ($name in $RequiredFiles) {
        if (-not (Test-Path -LiteralPath "$folder\$name" -PathType Leaf)) {
            Stop-Refused "$folder is no complete package: $name is missing. Unpack the whole archive and run install.ps1 there."
        }
    }
    $version = Read-Version $folder
    if ($version -notmatch $VersionPattern) { Stop-Refused "$folder\VERSION holds no version" }
    $sums = Read-Sums $folder
    if ($null -eq $sums) {
        $files = Read-Files $folder
        $checked = "$($files.Length) files; there are no checksums ($SumsFile) to check them against"
    }
    else {
        $difference = Find-Difference $folder $sums
        if ($difference -ne '') { Stop-Refused "the package is damaged: $difference. Unpack the archive again." }
        $files = @($sums.Keys | Sort-Object) + $SumsFile
        $checked = "$($sums.Count) files against $SumsFile"
    }
    $bytes = [long]0
    foreach ($name in $files) { $bytes += (Get-Item -LiteralPath "$folder\$name").Length }
    return @{ folder = $folder; version = $version; files = @($files); sums = $sums; bytes = $bytes; checked = $checked }
}

# Whether the program in a folder is the package, file by file.
function Test-SameFiles($package, [string]$folder) {
    if (Test-Path -LiteralPath "$folder\$GoingMark") { return $false }
    foreach ($name in $package.files) {
        $path = "$folder\$name"
        if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { return $false }
        $source = "$($package.folder)\$name"
        if ((Get-Item -LiteralPath $path).Length -ne (Get-Item -LiteralPath $source).Length) { return $false }
        if ((Get-FileHash -LiteralPath $path).Hash -ne (Get-FileHash -LiteralPath $source).Hash) { return $false }
    }
    return $true
}

# ------------------------------------------------------------------------------------------------- into its place

# Beside the program: what is put in its place, what was there before, and what is on its way out.
function Get-Leftovers([string]$installDir) { return "$installDir.new", "$installDir.old", "$installDir.removed" }

# Whether a folder is empty, or holds one of these files.
function Test-EmptyOrHolds([string]$folder, [string[]]$names) {
    if (@(Get-ChildItem -LiteralPath $folder -Force -Name).Count -eq 0) { return $true }
    foreach ($name in $names) { if (Test-Path -LiteralPath "$folder\$name" -PathType Leaf) { return $true } }
    return $false
}

function Test-OurProgram([string]$folder) { return Test-EmptyOrHolds $folder 'service-host.mjs' }

# What is left of the program, perhaps half of it.
function Test-OurLeftover([string]$folder) { return -not (Test-Link $folder) -and (Test-EmptyOrHolds $folder $OwnFiles) }

function Remove-Leftover([string]$folder) {
    if (-not (Test-Path -LiteralPath $folder)) { return }
    if (-not (Test-OurLeftover $folder)) { Stop-Failed "$folder is in the way and does not look like this agent: put it elsewhere, or remove it if it is" }
    Invoke-Change 'remove' "$folder, left by an earlier run" { Remove-Tree $folder }
}

# Nobody but administrators may change what a service runs, wherever the folder is.
function Install-ProgramRights([string]$folder) {
    $isRight = Test-SameSddl (Read-Sddl $folder) (Get-ProgramSddl)
    if (-not $isRight) { Invoke-Change 'update' "permissions of ${folder}: everybody runs it, administrators change it" { Write-Sddl $folder (Get-ProgramSddl) } }
}

# Beside its place first: a full disk or a damaged file must not cost the version that runs.
function Copy-Package($plan) {
    $package = $plan.package
    $new = "$($plan.installDir).new"
    Remove-Leftover $new
    Invoke-Change 'copy' "$($package.files.Length) files to $new" {
        Add-Undo "$new removed" { param($folder) if (Test-Path -LiteralPath $folder) { Remove-Tree $folder } } $new
        New-Folder $new (Get-ProgramSddl)
        foreach ($file in $package.files) { Copy-PackageFile $package.folder $new $file }
        Unblock-Folder $new
        if ($null -ne $package.sums) {
            $difference = Find-Difference $new $package.sums
            if ($difference -ne '') { Stop-Failed "the copy went wrong: $difference" }
        }
    }
}

function Copy-PackageFile([string]$from, [string]$to, [string]$name) {
    $at = $name.LastIndexOf('\')
    if ($at -gt 0 -and -not (Test-Path -LiteralPath "$to\$($name.Substring(0, $at))")) {
        $null = New-Item -ItemType Directory -Path "$to\$($name.Substring(0, $at))"
    }
    Copy-Item -LiteralPath "$from\$name" -Destination "$to\$name"
}

function Get-LeafName([string]$path) { return $path.Substring($path.LastIndexOf('\') + 1) }

# A folder is renamed as a whole, or not at all while a file in it is in use.
function Rename-Folder([string]$from, [string]$to) {
    $problem = Find-Obstacle { Rename-Item -LiteralPath $from -NewName (Get-LeafName $to) }
    if ($problem -ne '') {
        Stop-Failed "$from is in use: $problem Close windows that stand in that folder and programs that use its files, then run this again."
    }
}

# What keeps something from being renamed, though it was tried for a while; nothing when it is renamed.
function Find-Obstacle([scriptblock]$rename) {
    $problem = @{ text = '' }
    $isRenamed = Wait-Until $RenameLimitSeconds {
        try {
            & $rename
            $true
        }
        catch {
            $problem.text = $_.Exception.Message
            $false
        }
    }
    if ($isRenamed) { return '' }
    return $problem.text
}

# A text as PowerShell reads it back, whatever it holds: five characters are a single quote to it.
function Get-Literal([string]$text) { return "'" + ($text -replace "['\u2018\u2019\u201a\u201b]", '$0$0') + "'" }

# The same with removing it, in the words of another PowerShell, which goes on when a process has ended that runs from
# the folder.
function Get-LaterRemoval([string]$folder, [int]$processId) {
    $path = Get-Literal $folder
    $removed = Get-Literal "$folder.removed"
    $mark = Get-Literal "$folder/$GoingMark"
    $clear = "if ([IO.Directory]::Exists($removed)) { [IO.Directory]::Delete($removed, `$true) }"
    $steps = "if ([IO.Directory]::Exists($mark)) { $clear; [IO.Directory]::Move($path, $removed) }; $clear; break"
    return "Wait-Process -Id $processId -ErrorAction SilentlyContinue; for (`$try = 0; `$try -lt 60; `$try++) { Start-Sleep -Seconds 1; try { $steps } catch { continue } }"
}

# The version before stands beside its place until the new one is ready.
function Move-OldProgram($plan) {
    $dir = $plan.installDir
    Remove-Leftover "$dir.old"
    if ($WhatIfPreference -or -not (Test-Path -LiteralPath $dir)) { return }
    Rename-Folder $dir "$dir.old"
    Add-Undo "program in $dir as it was" { param($names) Rename-Folder $names[0] $names[1] } @("$dir.old", $dir)
}

function Install-Program($plan) {
    $dir = $plan.installDir
    $text = "program in $dir, version $($plan.package.version)"
    if ($plan.installedVersion -ne '') { $text += " instead of $($plan.installedVersion)" }
    Set-Right ($plan.installedVersion -ne '') $false $text {
        Rename-Folder "$dir.new" $dir
        Add-Undo "program taken out of $dir" { param($names) Rename-Folder $names[0] $names[1] } @($dir, "$dir.new")
    }
}

# Costs nothing when it fails: the next run does it.
function Remove-OldProgram($plan) {
    $old = "$($plan.installDir).old"
    if (-not (Test-Path -LiteralPath $old)) { return }
    try { Invoke-Change 'remove' "$old, the version before" { Remove-Tree $old } }
    catch { Write-Step 'left' "$old, until the next run: $($_.Exception.Message)" }
}

# ------------------------------------------------------------------------------------------------------ the database

# Names of the database and its companions. Whoever writes into that folder could have put a link there.
function Read-Database([string]$stateDir) {
    if (-not (Test-Path -LiteralPath $stateDir)) { return , @() }
    $names = @(Get-ChildItem -LiteralPath $stateDir -File -Name | ForEach-Object { [string]$_ } | Where-Object { $_ -match '\.db(-wal|-shm)?$' } | Sort-Object)
    foreach ($name in $names) {
        if (Test-Link "$stateDir\$name") { Stop-Failed "$stateDir\$name is a link, which the agent never makes" }
    }
    return , $names
}

# Where the database is kept as a version has found it.
function Get-CopyFolder([string]$stateDir, [string]$version) { return "$stateDir\$CopyPrefix$version" }

function Measure-Database([string]$stateDir) {
    $bytes = [long]0
    foreach ($name in (Read-Database $stateDir)) { $bytes += (Get-Item -LiteralPath "$stateDir\$name").Length }
    return $bytes
}

# A newer version may change the database in a way that the one before cannot read. While there is no program in its place
# nothing can use the database, not even a service that Windows starts anew because it has failed.
function Copy-Database($plan, [bool]$isUpdate) {
    $state = "$($plan.dataDir)\state"
    $names = Read-Database $state
    if ($names.Length -eq 0) { return }
    $copy = Get-CopyFolder $state $plan.package.version
    # There has been an update to this version already: the way back is what it has kept, not what is there now.
    if (-not $isUpdate -and (Test-Path -LiteralPath $copy)) { $copy += '-again' }
    $plan.copy = $copy
    Invoke-Change 'copy' "database to $copy" {
        if (Test-Path -LiteralPath $copy) { Remove-Tree $copy }
        $null = New-Item -ItemType Directory -Path $copy
        $made = @{ state = $state; copy = $copy; isWhole = $false }
        Add-Undo 'database as it was' {
            param($it)
            if ($it.isWhole) { Restore-Database $it.state $it.copy }
            else { Remove-Tree $it.copy }
        } $made
        foreach ($name in $names) { Copy-Item -LiteralPath "$state\$name" -Destination "$copy\$name" }
        $made.isWhole = $true
    }
}

# By renaming alone, which a full disk does not keep from. What the new version has written goes when all of the copy is in
# its place; when that fails it is put back, since the version before refuses it, and would begin anew with none. A
# write-ahead log must never lie beside another database than its own: the database is the last to go, the first to come.
function Restore-Database([string]$state, [string]$copy) {
    $aside = "$copy.failed"
    if (Test-Path -LiteralPath $aside) { Remove-Tree $aside }
    $null = New-Item -ItemType Directory -Path $aside
    $saved = Read-Database $copy
    $written = Read-Database $state
    [Array]::Reverse($written)
    try {
        Move-Files $written $state $aside
        Move-Files $saved $copy $state
    }
    catch {
        Move-Files @($saved | Where-Object { -not (Test-Path -LiteralPath "$copy\$_") }) $state $copy
        Move-Files (Read-Database $aside) $aside $state
        Remove-Tree $aside
        throw
    }
    Remove-Tree $aside
    Remove-Tree $copy
}

function Move-Files([string[]]$names, [string]$from, [string]$to) {
    foreach ($name in $names) {
        $problem = Find-Obstacle { Move-Item -LiteralPath "$from\$name" -Destination "$to\$name" }
        if ($problem -ne '') { Stop-Failed "$from\$name does not get to ${to}: $problem" }
    }
}

# Only the last one can still be of use, once the new version has shown that it works. Costs nothing when it fails: the next
# update does it.
function Remove-OldCopies($plan) {
    if ($plan.copy -eq '' -or -not $plan.answers) { return }
    $state = "$($plan.dataDir)\state"
    foreach ($name in @(Get-ChildItem -LiteralPath $state -Directory -Name | ForEach-Object { [string]$_ } | Sort-Object)) {
        if (-not $name.StartsWith($CopyPrefix) -or "$state\$name" -in $plan.copy, (Get-CopyFolder $state $plan.package.version)) { continue }
        try { Invoke-Change 'remove' "$state\$name, an older copy of the database" { Remove-Tree "$state\$name" } }
        catch { Write-Step 'left' "$state\$name, until the next update: $($_.Exception.Message)" }
    }
}
